// A batch of strings whose lengths the reader sets: the rectangle, the columns in which packing stores it, two scores.

const MOST_STRINGS = 6, MOST_BITS = 10;
const NAMES = "ABCDEF"; // of the strings, so that a cell can be followed into the flat order

export default followed(["lengths"], build, paint);

// --- what packing does ------------------------------------------------------

/** The rows from long to short, those of one length in their order: as pack_padded_sequence sorts them. */
const sorted = (lengths) => lengths.map((_, row) => row).sort((a, b) => lengths[b] - lengths[a] || a - b);

/** For each step the rows that have one, in sorted order. */
function columnsOf(lengths) {
  const order = sorted(lengths);
  return Array.from({ length: Math.max(...lengths) }, (_, t) => order.filter((row) => lengths[row] > t));
}

/** Right answers of "always even": over the rectangle, where labels on padding are 0, and over real positions. */
function scores(lengths, bits) {
  const labels = lengths.flatMap((length, row) => digits(bits[row]).slice(0, length).map((_, t) => onesIn(bits[row].slice(0, t + 1)) % 2));
  const even = labels.filter((label) => label === 0).length, all = lengths.length * Math.max(...lengths);
  return { rectangle: (even + all - labels.length) / all, real: even / labels.length };
}

// --- what the reader does ---------------------------------------------------

function setLengths(model, lengths) {
  model.set("lengths", lengths);
  model.save_changes();
}

const setLength = (model, row, length) => setLengths(model, model.get("lengths").map((old, i) => (i === row ? length : old)));

// --- building and painting --------------------------------------------------

function build(model) {
  const view = { rows: [] };
  view.rectangle = make("div", { class: "pw-rectangle" });
  const { row, buttons } = buttonRow([
    ["One string more", () => model.get("lengths").length < MOST_STRINGS && setLengths(model, [...model.get("lengths"), 4])],
    ["One less", () => model.get("lengths").length > 1 && setLengths(model, model.get("lengths").slice(0, -1))],
  ]);
  view.buttons = buttons;
  view.columns = make("div", { class: "pw-packed", role: "img" });
  view.key = make("p", { class: "pw-key" }, "Under each column: how many strings have this step.");
  view.flat = make("p", { class: "pw-flat" });
  view.said = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("Packing a batch", make("b", {}, "The rectangle"), view.rectangle, row,
    make("b", {}, "Sorted, column by column"), view.columns, view.key, view.flat, view.said);
  return view;
}

/** A row of the rectangle: a slider for its length, and its cells. */
function buildRow(model, row) {
  const slider = make("input", { type: "range", class: "pw-slider", min: "1", max: String(MOST_BITS), step: "1",
                                 oninput: () => setLength(model, row, Number(slider.value)) });
  const value = make("output", { class: "pw-value" }), cells = make("span", { class: "pw-row-cells", "aria-hidden": "true" });
  return { slider, value, cells, root: make("div", { class: "pw-row" }, make("i", {}, NAMES[row]), slider, value, cells) };
}

function cell(text, name, real = true) {
  return make("span", { class: `pw-box ${real ? `pw-string-${name}` : "pw-padding"}` }, text);
}

function paint(view, model) {
  const lengths = model.get("lengths"), bits = model.get("bits"), steps = Math.max(...lengths);
  if (view.rows.length !== lengths.length) {
    view.rows = lengths.map((_, row) => buildRow(model, row));
    view.rectangle.replaceChildren(...view.rows.map(({ root }) => root));
  }
  view.rows.forEach(({ slider, value, cells }, row) => {
    slider.value = lengths[row];
    value.textContent = counted(lengths[row], "bit");
    slider.setAttribute("aria-label", `Length of string ${NAMES[row]}`);
    cells.replaceChildren(...Array.from({ length: steps }, (_, t) => (t < lengths[row] ? cell(bits[row][t], row) : cell("·", row, false))));
  });
  setAvailable(view.buttons["One string more"], lengths.length < MOST_STRINGS);
  setAvailable(view.buttons["One less"], lengths.length > 1);
  paintColumns(view, lengths);
  const { rectangle, real } = scores(lengths, bits), all = steps * lengths.length, bitsInAll = lengths.reduce((sum, n) => sum + n);
  view.said.textContent = `${Math.round(100 * (1 - bitsInAll / all))} % of the rectangle is padding, ${all - bitsInAll} of its ${counted(all, "square")}. ` +
    `“Always even” is right at ${Math.round(100 * rectangle)} % of it, and at ${Math.round(100 * real)} % of the real positions.`;
}

function paintColumns(view, lengths) {
  const columns = columnsOf(lengths), sizes = columns.map((rows) => rows.length);
  view.columns.replaceChildren(...columns.map((rows, t) => make("div", { class: "pw-packed-column" },
    ...rows.map((row) => cell(`${NAMES[row]}${t + 1}`, row)), make("span", { class: "pw-size" }, String(rows.length)))));
  view.columns.setAttribute("aria-label", `Step by step, of each string that has one: ${columns.map((rows) => rows.map((row) => NAMES[row]).join("")).join(", ")}`);
  view.flat.replaceChildren(make("span", {}, `In memory, ${counted(lengths.reduce((sum, n) => sum + n), "bit")} in a row:`), ...columns.flatMap((rows, t) => rows.map((row) => cell(`${NAMES[row]}${t + 1}`, row))),
    make("span", { class: "pw-sizes" }, make("code", {}, `batch_sizes = [${sizes.join(", ")}]`), ", the strings at each step"));
}
