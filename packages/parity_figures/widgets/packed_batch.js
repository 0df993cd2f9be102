// A batch of strings whose lengths the reader sets: the rectangle, and the order in which it is packed.

import { buttonRow, counted, make, makeSlider, save, setAvailable, widgetOf, widgetRoot } from "./shared.js";

const MOST_STRINGS = 6, MOST_BITS = 10;
const NAMES = "ABCDEF"; // of the strings, so that the reader can find a bit again in the packed order

export default widgetOf(["lengths"], build, paint);

/** Return for each time step the rows that have one, longest first, as pack_padded_sequence sorts them. */
function columnsOf(lengths) {
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[b] - lengths[a] || a - b);
  return Array.from({ length: Math.max(...lengths) }, (_, t) => order.filter((row) => lengths[row] > t));
}

function build(model) {
  const view = { rows: [], chosen: 0 }, lengths = () => model.get("lengths");
  const { row, buttons } = buttonRow([
    ["Add a string", () => lengths().length < MOST_STRINGS && save(model, { lengths: [...lengths(), 4] })],
    ["Remove a string", () => lengths().length > 1 && save(model, { lengths: lengths().slice(0, -1) })],
  ]);
  view.buttons = buttons;
  view.rectangle = make("div", { class: "pw-rectangle" });
  view.columns = make("div", { class: "pw-packed", role: "img" });
  view.flat = make("p", { class: "pw-flat" });
  view.sentence = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("Packing a batch", make("b", {}, "The rectangle, where dots are padding"), view.rectangle, row,
    make("b", {}, "The same bits, the longest string first"), view.columns,
    make("p", { class: "pw-key" }, "B1 is the first bit of string B, and so on. Above each column is the number " +
      "of its bits."),
    make("b", {}, "In memory, column after column"), view.flat, view.sentence);
  view.root.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[data-row]");
    if (!chosen) return;
    view.chosen = Number(chosen.dataset.row); // its bits are marked in all three drawings
    paint(view, model);
  });
  return view;
}

/** Build a row of the rectangle: a button that marks a string, a slider for its length, and its bits. */
function buildRow(model, row) {
  const name = make("button", { type: "button", class: "pw-button", "data-row": row,
                                "aria-label": `Mark string ${NAMES[row]}` }, NAMES[row]);
  const slider = makeSlider({ min: 1, max: MOST_BITS, step: 1, "aria-label": `Length of string ${NAMES[row]}` },
    (length) => save(model, { lengths: model.get("lengths").map((old, i) => (i === row ? length : old)) }));
  const value = make("output", { class: "pw-value" });
  const bits = make("span", { class: "pw-row-cells", "aria-hidden": "true" });
  return { name, slider, value, bits, root: make("div", { class: "pw-row" }, name, slider, value, bits) };
}

const square = (text, row) =>
  make("span", { class: "pw-box", "data-row": row, style: `--hue: ${60 * row}deg` }, text);
const padding = () => make("span", { class: "pw-box pw-padding" }, "·");
const named = (row, t) => square(`${NAMES[row]}${t + 1}`, row);

function paint(view, model) {
  const lengths = model.get("lengths"), strings = model.get("strings"), steps = Math.max(...lengths);
  if (view.rows.length !== lengths.length) {
    view.rows = lengths.map((_, row) => buildRow(model, row));
    view.rectangle.replaceChildren(...view.rows.map(({ root }) => root));
  }
  view.chosen = Math.min(view.chosen, lengths.length - 1);
  view.rows.forEach(({ name, slider, value, bits }, row) => {
    name.setAttribute("aria-pressed", String(row === view.chosen));
    slider.value = lengths[row];
    value.textContent = counted(lengths[row], "bit");
    bits.replaceChildren(...Array.from({ length: steps }, (_, t) =>
      (t < lengths[row] ? square(strings[row][t], row) : padding())));
  });
  setAvailable(view.buttons["Add a string"], lengths.length < MOST_STRINGS);
  setAvailable(view.buttons["Remove a string"], lengths.length > 1);
  const columns = columnsOf(lengths), packed = columns.flat();
  paintColumns(view, columns);
  const places = packed.flatMap((row, place) => (row === view.chosen ? [place] : []));
  const squares = lengths.length * steps;
  view.sentence.textContent = `Padding fills ${squares - packed.length} of the ${counted(squares, "square")} of the ` +
    `rectangle, and the packed batch has none. String ${NAMES[view.chosen]} is marked. You find it in memory at ` +
    `${places.join(", ")}, counted from 0.`;
  for (const box of view.root.querySelectorAll(".pw-box"))
    box.classList.toggle("pw-chosen", Number(box.dataset.row) === view.chosen);
}

function paintColumns(view, columns) {
  const sizes = columns.map((rows) => rows.length);
  view.columns.replaceChildren(...columns.map((rows, t) => make("div", { class: "pw-packed-column" },
    make("span", { class: "pw-size" }, String(rows.length)), ...rows.map((row) => named(row, t)))));
  view.columns.setAttribute("aria-label", "The strings at each step: " +
    columns.map((rows) => rows.map((row) => NAMES[row]).join("")).join(", "));
  view.flat.replaceChildren(
    ...columns.map((rows, t) => make("span", { class: "pw-column" }, ...rows.map((row) => named(row, t)))),
    make("span", { class: "pw-sizes" }, make("code", {}, `batch_sizes = [${sizes.join(", ")}]`),
      ", the number of bits in each column"));
}
