// One gated unit that reads a string: its cell (gated_cell.js) and a timeline.

import {
  addCount, answerOf, buttonRow, currentNetwork, digits, fixed, flip, goTo, judge, make, makeSlider, numbersTable,
  onesIn, paintAnswer, paintStringSettings, parityName, setAvailable, setBits, stringSettings, svg, tint, widgetOf,
  widgetRoot,
} from "./shared.js";
import { forward } from "./forward_pass.js";
import { drawGru, drawLstm, HEIGHT, WIDTH } from "./gated_cell.js";

const MOST_BITS = 24;
// The numbers of a time step: letter, name, and whether it is a gate (from 0 to 1) or a state (positive or negative).
// The timeline has no candidates.
const ROWS = {
  gru: [["r", "reset", "gate"], ["z", "update", "gate"], ["n", "candidate"], ["h", "state", "state"]],
  lstm: [["i", "input", "gate"], ["f", "forget", "gate"], ["g", "candidate"], ["o", "output", "gate"],
         ["c", "cell state", "state"], ["h", "state", "state"]],
};
const rowsOfTimeline = (cell) => ROWS[cell].filter(([, , kind]) => kind);

export default widgetOf(["bits", "network", "step"], build, paint);

/** Return the numbers of the unit by their letters. At the start there are only states. */
function byLetter(cell, { gates = {}, h, c }) {
  const values = Object.fromEntries(Object.entries(gates).map(([letter, [value]]) => [letter, value]));
  return cell === "lstm" ? { ...values, c: c[0], h: h[0] } : { ...values, h: h[0] };
}

/** Return what the widget shows: all time steps, and the bit and the numbers before and after the current one. */
function look(model) {
  const network = currentNetwork(model), bits = model.get("bits"), steps = forward(network, digits(bits));
  const step = Math.min(model.get("step"), bits.length), values = steps.map((entry) => byLetter(network.cell, entry));
  const largest = Math.max(1, ...values.flatMap(({ h, c = 0 }) => [Math.abs(h), Math.abs(c)]));
  const answers = steps.map(({ logit }, t) => {
    const answer = answerOf(logit), correct = answer === parityName(onesIn(bits.slice(0, t)));
    return { answer, correct, words: `${answer}, ${correct ? "correct" : "wrong"}` };
  });
  return { network, cell: network.cell, bits, step, steps, values, largest, answers, bit: bits[step - 1],
           old: step ? values[step - 1] : {}, now: values[step] };
}

/** Go back to before the first bit, and hide all later steps. */
function startAgain(view, model) {
  view.seen = 0;
  goTo(model, 0);
  paint(view, model); // going to the step at which the widget is does not paint
}

function build(model) {
  const view = { seen: model.get("step"), shape: "", bits: model.get("bits") };
  const { row, buttons } = buttonRow([
    ["Back", () => goTo(model, model.get("step") - 1)],
    ["Step", () => goTo(model, model.get("step") + 1)],
    ["Flip this bit", () => model.get("step") > 0 && flip(model, model.get("step") - 1)],
    ["Start again", () => startAgain(view, model)],
  ], "Step");
  row.classList.add("pw-sticky-on-phone");
  view.buttons = buttons;
  view.count = addCount(row);
  view.cell = svg("svg", { viewBox: `0 20 ${WIDTH} ${HEIGHT}`, role: "img" });
  view.cellTitle = make("b", {});
  view.answer = make("div", { "aria-hidden": "true" }); // the sentence next to it has the same content
  view.sentence = make("p", { "aria-live": "polite", "aria-atomic": "true" });
  view.numbers = numbersTable("The numbers of the steps so far", () => tableRows(view, look(model)));
  const settings = stringSettings(view, model, 1, MOST_BITS, (bits) => setBits(model, bits));
  view.network.select.addEventListener("change", () => startAgain(view, model)); // the reader can guess again
  view.root = widgetRoot("One gated unit, step by step", settings,
    make("figure", { class: "pw-unit" }, view.cellTitle, view.cell,
      make("div", { class: "pw-said" }, view.answer, view.sentence)),
    row, buildTimeline(view, model),
    make("p", { class: "pw-legend" }, "A square is filled as far as its gate is open, and a bar points up if the state ",
      "is positive. In the last row, a square means odd, a disc even, and a cross a wrong answer."),
    view.numbers.root);
  return view;
}

function buildTimeline(view, model) {
  const live = (value) => () => view.sentence.setAttribute("aria-live", value);
  // Screen readers announce the value of the slider, so they must not read the sentence as well at every step.
  view.slider = makeSlider({ class: "pw-scrub", min: 0, step: 1, "aria-label": "Step", onfocus: live("off"),
                             onblur: live("polite") }, (step) => goTo(model, step));
  view.names = make("div", { class: "pw-rownames", "aria-hidden": "true" });
  view.columns = make("div", { class: "pw-steps", role: "img" });
  return make("div", { class: "pw-timeline" }, view.names,
    make("div", { class: "pw-over" }, view.slider, view.columns));
}

/** Build a column for the start and for each bit, if the cell or the length has changed. */
function buildColumns(view, cell, count) {
  if (view.shape === `${cell} ${count}`) return;
  view.shape = `${cell} ${count}`;
  const rows = rowsOfTimeline(cell), name = ([letter, word]) => make("span", {}, word, " ", make("i", {}, letter));
  view.names.replaceChildren(...[["x", "bit"], ...rows].map(name), make("span", {}, "answer"));
  view.marks = Array.from({ length: count + 1 }, () => {
    const mark = { bit: make("span", { class: "pw-read" }), answer: make("span", {}),
                   values: rows.map(([, , kind]) => make("span", { class: `pw-${kind}` }, make("i", {}))) };
    mark.root = make("div", { class: "pw-step" }, mark.bit, ...mark.values, mark.answer);
    return mark;
  });
  view.columns.replaceChildren(...view.marks.map(({ root }) => root));
  view.root.style.setProperty("--columns", count + 1);
}

function paint(view, model) {
  const shown = look(model), { cell, bits, step, steps, bit, now, answers } = shown;
  if (bits !== view.bits) Object.assign(view, { bits, seen: step }); // no step of another string has been seen
  view.seen = Math.max(view.seen, step);
  buildColumns(view, cell, bits.length);
  paintStringSettings(view, model);
  view.cellTitle.textContent = step ? `Step ${step} reads a ${bit}` : "Before the first bit";
  view.count.textContent = `step ${step} of ${bits.length}`;
  setAvailable(view.buttons.Back, step > 0);
  setAvailable(view.buttons.Step, step < bits.length);
  setAvailable(view.buttons["Flip this bit"], step > 0);
  view.slider.max = bits.length;
  view.slider.value = step;
  view.slider.setAttribute("aria-valuetext", `step ${step} of ${bits.length}` +
    (step ? `, reads ${bit}, state ${fixed(now.h)}, answer ${answers[step].words}` : ""));
  view.marks.forEach((mark, t) => paintColumn(mark, t, t <= view.seen, shown));
  const seen = answers.slice(1, view.seen + 1).map(({ words }) => words);
  view.columns.setAttribute("aria-label", `Answers so far: ${seen.join("; ") || "none"}`);
  view.cell.replaceChildren(...(cell === "gru" ? drawGru(shown) : drawLstm(shown)));
  const numbers = ROWS[cell].map(([letter, name]) => `${name} ${step ? fixed(now[letter]) : "unknown"}`);
  view.cell.setAttribute("aria-label", `The cell: ${numbers.join(", ")}.`);
  paintAnswer(view.answer, step ? steps[step].logit : null, onesIn(bits.slice(0, step)));
  view.sentence.replaceChildren(...(step ? judge(steps[step].logit, bits.slice(0, step)) :
    ["Nothing is in memory yet. What will the gates do at each bit? Guess, then press Step."]));
  view.numbers.paint();
}

/** Paint one step of the timeline. A step that the reader has not reached stays empty, so that they can guess it. */
function paintColumn(mark, t, known, { cell, bits, step, values, largest, answers }) {
  mark.root.classList.toggle("pw-now-step", t === step);
  mark.bit.textContent = bits[t - 1] ?? "";
  rowsOfTimeline(cell).forEach(([letter, , kind], row) => {
    const box = mark.values[row], value = known ? values[t][letter] : undefined;
    box.classList.toggle("pw-unknown", !known);
    box.classList.toggle("pw-absent", known && value === undefined); // gates at the start, before the first bit
    if (kind === "gate") box.style.setProperty("--open", (value ?? 0).toFixed(4));
    else tint(box, value ?? 0, largest);
  });
  const { answer, correct } = answers[t];
  mark.answer.className = known && t ? `pw-answer pw-says-${answer} ${correct ? "" : "pw-fails"}` : "pw-answer";
}

/** Return the numbers of all steps that the reader has reached. */
function tableRows({ seen }, { cell, bits, steps, values, answers }) {
  const exact = (value) => (value === undefined ? "" : fixed(value, 4));
  return [["step", "bit", ...ROWS[cell].map(([letter, name]) => `${name} ${letter}`), "logit", "answer"],
    ...values.slice(0, seen + 1).map((numbers, t) => [
      String(t), bits[t - 1] ?? "", ...ROWS[cell].map(([letter]) => exact(numbers[letter])), exact(steps[t].logit),
      t ? answers[t].words : ""])];
}
