// A batch of strings whose lengths the reader sets: the rectangle, the columns in which it is packed, two scores.

const MOST_STRINGS = 6, MOST_BITS = 10;
const NAMES = "ABCDEF"; // of the strings, so that the reader can find a bit again in the packed order

export default widgetOf(["lengths"], build, paint);

/** Return for each time step the rows that have one, longest first, as pack_padded_sequence sorts them. */
function columnsOf(lengths) {
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[b] - lengths[a] || a - b);
  return Array.from({ length: Math.max(...lengths) }, (_, t) => order.filter((row) => lengths[row] > t));
}

/** Score the answer "always even" over the rectangle, where labels on padding are 0, and without padding. */
function scores(lengths, strings) {
  const prefixes = lengths.flatMap((length, row) => Array.from({ length }, (_, t) => strings[row].slice(0, t + 1)));
  const even = prefixes.filter((prefix) => onesIn(prefix) % 2 === 0).length;
  const squares = lengths.length * Math.max(...lengths), empty = squares - prefixes.length;
  return { squares, empty, rectangle: (even + empty) / squares, real: even / prefixes.length };
}

function build(model) {
  const view = { rows: [] }, lengths = () => model.get("lengths");
  const { row, buttons } = buttonRow([
    ["Add a string", () => lengths().length < MOST_STRINGS && save(model, { lengths: [...lengths(), 4] })],
    ["Remove a string", () => lengths().length > 1 && save(model, { lengths: lengths().slice(0, -1) })],
  ]);
  view.buttons = buttons;
  view.rectangle = make("div", { class: "pw-rectangle" });
  view.columns = make("div", { class: "pw-packed", role: "img" });
  view.flat = make("p", { class: "pw-flat" });
  view.sentence = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("Packing a batch", make("b", {}, "The rectangle"), view.rectangle, row,
    make("b", {}, "Sorted, column by column"), view.columns,
    make("p", { class: "pw-key" }, "Under each column: how many strings have this step."), view.flat, view.sentence);
  return view;
}

/** Build a row of the rectangle: a slider for the length of a string, and its bits. */
function buildRow(model, row) {
  const slider = makeSlider({ min: 1, max: MOST_BITS, step: 1, "aria-label": `Length of string ${NAMES[row]}` },
    (length) => save(model, { lengths: model.get("lengths").map((old, i) => (i === row ? length : old)) }));
  const value = make("output", { class: "pw-value" });
  const bits = make("span", { class: "pw-row-cells", "aria-hidden": "true" });
  const root = make("div", { class: "pw-row" }, make("i", {}, NAMES[row]), slider, value, bits);
  return { slider, value, bits, root };
}

const square = (text, row) => make("span", { class: "pw-box", style: `--tint: ${4 + 6 * row}%` }, text);
const padding = () => make("span", { class: "pw-box pw-padding" }, "·");
const named = (row, t) => square(`${NAMES[row]}${t + 1}`, row);

function paint(view, model) {
  const lengths = model.get("lengths"), strings = model.get("strings"), steps = Math.max(...lengths);
  if (view.rows.length !== lengths.length) {
    view.rows = lengths.map((_, row) => buildRow(model, row));
    view.rectangle.replaceChildren(...view.rows.map(({ root }) => root));
  }
  view.rows.forEach(({ slider, value, bits }, row) => {
    slider.value = lengths[row];
    value.textContent = counted(lengths[row], "bit");
    bits.replaceChildren(...Array.from({ length: steps }, (_, t) =>
      (t < lengths[row] ? square(strings[row][t], row) : padding())));
  });
  setAvailable(view.buttons["Add a string"], lengths.length < MOST_STRINGS);
  setAvailable(view.buttons["Remove a string"], lengths.length > 1);
  paintColumns(view, columnsOf(lengths));
  const percent = (share) => `${Math.round(100 * share)} %`;
  const { squares, empty, rectangle, real } = scores(lengths, strings);
  view.sentence.textContent = `${percent(empty / squares)} of the rectangle is padding, ${empty} of its ` +
    `${counted(squares, "square")}. “Always even” is correct at ${percent(rectangle)} of all positions, and at ` +
    `${percent(real)} of those that are not padding.`;
}

function paintColumns(view, columns) {
  const sizes = columns.map((rows) => rows.length), total = sizes.reduce((sum, size) => sum + size);
  view.columns.replaceChildren(...columns.map((rows, t) => make("div", { class: "pw-packed-column" },
    ...rows.map((row) => named(row, t)), make("span", { class: "pw-size" }, String(rows.length)))));
  view.columns.setAttribute("aria-label", "The strings at each step: " +
    columns.map((rows) => rows.map((row) => NAMES[row]).join("")).join(", "));
  view.flat.replaceChildren(make("span", {}, `In memory, ${counted(total, "bit")} in a row:`),
    ...columns.flatMap((rows, t) => rows.map((row) => named(row, t))),
    make("span", { class: "pw-sizes" }, make("code", {}, `batch_sizes = [${sizes.join(", ")}]`),
      ", the number of strings at each step"));
}
