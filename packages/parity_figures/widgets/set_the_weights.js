// Two tanh units whose weights the reader sets: each unit for each old state and bit, and the answers to all strings.
// The order of the eleven weights: U1, V11, V12 and b1 of the first unit, U2,
// V21, V22 and b2 of the second, W1, W2, c. `SetTheWeights` in set_the_weights.py shows it.

import {
  answerOf, buttonRow, correctness, fixed, halfPlane, make, makeSlider, save, setAvailable, squareAxes,
  subscript, svg, svgPath, svgText, symbol, vector, widgetOf, widgetRoot,
} from "./shared.js";
import { engine } from "./engine.js";
import { cellStep } from "./forward_pass.js";

const LENGTH = 12, COUNT = 2 ** LENGTH, ZEROS = 50, EXAMPLE = "1011", TOTAL = "p\u00a0+\u00a0x";
const SIDE = 300, REACH = 1.3; // of the drawing, and of the plane in each direction
const place = ([x, y]) => [REACH + x, REACH - y].map((v) => Number(((SIDE * v) / (2 * REACH)).toFixed(1)));
const CORNERS = [[-REACH, -REACH], [REACH, -REACH], [REACH, REACH], [-REACH, REACH]];
const FINENESS = 50; // states that are equal after rounding to 1/50 share a mark
const UNITS = ["First", "Second"], [WEAK, DONE] = [2, 3]; // the goals: each unit, and then all strings
const OLD_STATES = [[0, 0], [-1, -1], [1, 1], [1, -1]]; // only the last one means odd
const ROWS = OLD_STATES.flatMap((old) => [0, 1].map((bit) => ({ old, bit, sum: (old[0] - old[1]) / 2 + bit })));
const LARGEST = 12, SMALLER = 0.9; // weight, and the factor of the button
const NEAR = 0.25; // weights that differ by less than this are equal for a hint

export default widgetOf(["weights", "zeros"], build, paint);

function setWeight(model, place, value) {
  save(model, { weights: model.get("weights").map((weight, i) => (i === place ? value : weight)) });
}

function multiplyUnits(model, factor) {
  const weights = model.get("weights").map((weight, i) => (i < 8 ? weight * factor : weight));
  if (weights.every((weight) => Math.abs(weight) <= LARGEST)) save(model, { weights });
}

function build(model) {
  const view = { start: model.get("weights"), sliders: [], values: [] };
  const { row, buttons } = buttonRow([
    ["Hint", () => {
      view.hints += 1;
      paint(view, model);
    }],
    ["Start again", () => save(model, { weights: view.start, zeros: false })],
    ["All smaller", () => multiplyUnits(model, SMALLER)], ["All larger", () => multiplyUnits(model, 1 / SMALLER)],
    ["Fifty zeros", () => save(model, { zeros: !model.get("zeros") })]]);
  view.buttons = buttons;
  view.plane = svg("svg", { viewBox: "-46 -2 349 340", role: "img" });
  view.table = make("table", {});
  view.caption = make("p", { class: "pw-note" });
  view.count = make("p", { class: "pw-score" });
  view.sentence = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("Two units whose weights you set", make("div", { class: "pw-pair pw-side-by-side" },
    make("section", {}, view.count, make("div", { class: "pw-weights" },
      ...UNITS.map((_, unit) => buildUnit(view, model, unit))), view.table),
    make("section", {}, view.plane, view.caption, make("div", { class: "pw-told" }, row, view.sentence))));
  return view;
}

/** Build the sliders of a unit. */
function buildUnit(view, model, unit) {
  const i = unit + 1, title = `${UNITS[unit]} unit: is ${TOTAL} at least ${i}?`;
  return make("div", { class: "pw-group", role: "group", "aria-label": title }, make("b", {}, title),
    ...[`U${i}`, `V${i}1`, `V${i}2`, `b${i}`].map((name) => {
      const place = view.sliders.length, value = make("output", { class: "pw-value" });
      const slider = makeSlider({ min: -LARGEST, max: LARGEST, step: 0.5, "aria-label": name },
        (weight) => setWeight(model, place, weight));
      view.sliders.push(slider);
      view.values.push(value);
      return make("label", {}, symbol(name[0], name.slice(1)), value, slider);
    }));
}

const { Network, batchOf } = engine(), NETWORK = new Network("tanh", 2);
const ALL = Array.from({ length: COUNT }, (_, row) => row); // the rows of the strings of twelve bits
const STRINGS = Array.from({ length: LENGTH }, (_, i) => Array.from({ length: 2 ** (i + 1) }, (_, number) =>
  number.toString(2).padStart(i + 1, "0"))).flat();
const BATCHES = {}; // by the number of zeros after the strings of twelve bits

/** Return the row of a string of twelve bits that begins with these bits and goes on with zeros. */
const rowOf = (bits) => parseInt(bits.padEnd(LENGTH, "0"), 2);

/** Return the strings of twelve bits with zeros after them. */
const stringsThen = (zeros) => (BATCHES[zeros] ??= batchOf(ALL.map((row) =>
  Uint8Array.from({ length: LENGTH + zeros }, (_, t) => (t < LENGTH ? (row >> (LENGTH - 1 - t)) & 1 : 0))), "end"));

/** Return the rows of a network's matrix, which multiply [h, x, 1, 1]. */
const matrixOf = (weights) => [0, 4].map((k) => [weights[k + 1], weights[k + 2], weights[k], weights[k + 3], 0]);

/**
 * Read all strings of twelve bits and the `zeros` after them. Returns the states by the parity of the strings, the
 * numbers of correct answers after the strings and after the zeros too, a shortest string with a wrong answer at its end
 * or after its zeros, or undefined, and the function `pathOf`, which returns the states on the way through a string.
 */
function readAll(weights, zeros) {
  NETWORK.parameters.set([...matrixOf(weights).flat(), ...weights.slice(8)]);
  const batch = stringsThen(zeros), { at, logits } = NETWORK.forward(batch);
  const isOdd = (row, t) => batch.labels[t * COUNT + row] === 1;
  const isCorrect = (row, steps) => logits[steps - 1][row] > 0 === isOdd(row, steps - 1);
  const isKept = (row, length) => isCorrect(row, length) && isCorrect(row, length + zeros);
  const state = ({ next }, row) => [next[row], next[COUNT + row]];
  return { states: [false, true].map((odd) => ALL.filter((row) => isOdd(row, LENGTH - 1) === odd)
             .map((row) => state(at.at(-1), row))),
           correct: ALL.filter((row) => isCorrect(row, LENGTH)).length,
           kept: ALL.filter((row) => isKept(row, LENGTH)).length,
           wrong: STRINGS.find((bits) => !isKept(rowOf(bits), bits.length)),
           pathOf: (bits) => [[0, 0], ...at.slice(0, bits.length + zeros).map((step) => state(step, rowOf(bits)))] };
}

/** Return what the units become in each row of the table, and whether their signs are correct. */
function fillRows(weights) {
  const network = { cell: "tanh", matrix: matrixOf(weights) };
  return ROWS.map(({ old, bit, sum }) => cellStep(network, bit, { h: old }).h.map((value, unit) =>
    ({ value, correct: sum > unit ? value > 0 : value < 0 })));
}

/** Paint states, lists of [h1, h2] by the parity of their strings, on the plane that the readout divides, and marks. */
function paintPlane(drawing, [w1, w2, c], states, ...marks) {
  const dots = (name, list) => svg("path", { class: name, d: [...new Set(list.map((h) =>
    `M${place(h.map((v) => Math.round(v * FINENESS) / FINENESS))}h0`))].join("") });
  const byLogit = CORNERS.map(([x, y]) => [w1 * x + w2 * y + c, [x, y]]).sort(([a], [b]) => a - b);
  const word = ([logit, [x, y]], answer) => (answerOf(logit) !== answer ? [] :
    [svgText(x < 0 ? 8 : SIDE - 8, y < 0 ? SIDE - 9 : 20, `answers ${answer}`, x < 0 ? "start" : "end")]);
  drawing.replaceChildren(...halfPlane([w1, w2, c], place, SIDE),
    ...word(byLogit[0], "even"), ...word(byLogit[3], "odd"), ...squareAxes(place, SIDE, "first unit", "second unit"),
    dots("pw-even-dots", states[0]), dots("pw-odd-dots", states[1]), ...marks);
}

/** Draw a path through the plane, with an arrowhead on each long part. */
function drawPath(path) {
  const spots = path.map(place);
  const heads = spots.slice(1).flatMap(([x, y], t) => {
    const [dx, dy] = [x - spots[t][0], y - spots[t][1]], angle = (Math.atan2(dy, dx) * 180) / Math.PI;
    return Math.hypot(dx, dy) < 25 ? [] : [svg("path", { class: "pw-head", d: "M6 0L-5 -5V5z",
      transform: `translate(${x - 0.4 * dx} ${y - 0.4 * dy}) rotate(${angle})` })];
  });
  return [svgPath("pw-trail", spots), ...heads,
    ...spots.map(([cx, cy]) => svg("circle", { class: "pw-step", cx, cy, r: 2.4 }))];
}

function paint(view, model) {
  const weights = model.get("weights"), zeros = model.get("zeros"), rows = fillRows(weights);
  const { states, correct, kept, wrong, pathOf } = readAll(weights, zeros ? ZEROS : 0);
  const bits = wrong ?? (zeros ? "1" : EXAMPLE), path = pathOf(bits);
  paintPlane(view.plane, weights.slice(8), states, ...drawPath(path));
  const then = zeros ? " and fifty zeros" : "";
  view.plane.setAttribute("aria-label", `The state after ${bits}${then} is ${vector(path.at(-1))}, among the states after all ` +
    `strings of ${LENGTH} bits${then}.`);
  view.caption.textContent = "A disc is the state after an even string, a square after an odd one. The path is that " +
    `of ${bits}${then}${!wrong ? "" : zeros ? ", on which an answer is wrong" :
      ", the shortest string with a wrong answer"}.`;
  view.sliders.forEach((slider, i) => {
    slider.value = weights[i];
    view.values[i].textContent = fixed(weights[i], 1);
  });
  view.buttons["Fifty zeros"].textContent = zeros ? "No zeros" : "Fifty zeros";
  setAvailable(view.buttons["All larger"], Math.max(...weights.slice(0, 8).map(Math.abs)) <= LARGEST * SMALLER);
  paintTable(view.table, rows);
  const [all, right, still] = [COUNT, correct, kept].map((number) => number.toLocaleString("en"));
  const signs = UNITS.map((_, unit) => rows.filter((row) => row[unit].correct).length);
  view.count.textContent = zeros ? `${right} of ${all} answers are correct, and ${still} still are after fifty zeros.` :
    `${signs[0] + signs[1]} of ${2 * ROWS.length} signs and ${right} of ${all} answers are correct.`;
  const goal = correct === COUNT ? DONE : [...signs, 0].findIndex((count) => count < ROWS.length);
  const forgets = zeros && kept < COUNT;
  for (const name of ["All smaller", "All larger", "Fifty zeros"]) view.buttons[name].hidden = goal < WEAK && !zeros;
  const done = goal === DONE && !forgets, setting = [...weights, zeros].join();
  if (view.setting !== setting) Object.assign(view, { setting, hints: 0 }); // a change closes the hint
  setAvailable(view.buttons.Hint, !done && view.hints < 2);
  view.sentence.textContent = `${describe(goal, signs[goal], zeros, forgets)} ` +
    (view.hints && !done ? hint(weights, rows, view.hints > 1) : "");
}

function paintTable(table, rows) {
  const names = ["old state", TOTAL, "first unit", "second unit"];
  table.replaceChildren(make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name))),
    ...ROWS.map(({ old, bit, sum }, row) => make("tr", {},
      make("th", { scope: "row" }, `(${old.map((v) => fixed(v, 0)).join(", ")})`),
      make("td", {}, `${sum - bit} + ${bit} = ${sum}`),
      ...rows[row].map(({ value, correct }) => make("td", { class: correct ? "" : "pw-wrong" },
        fixed(value), " ", correctness(correct))))));
}

function describe(goal, signs, zeros, forgets) {
  if (goal === WEAK) return "All signs in the table are correct, but some strings get a wrong answer.";
  if (goal < WEAK) return `${UNITS[goal]} unit: its sign is correct in ${signs} of ${ROWS.length} rows (on ` +
    `the way, this count may fall). The number should be above 0 if ${TOTAL} is at least ${goal + 1}, and below 0 ` +
    "otherwise.";
  if (!zeros) return "Will all answers still be correct after fifty zeros?";
  return forgets ? "The network forgets while it reads zeros." :
    "Fifty zeros change none of the answers. How small can you make the weights?";
}

/**
 * Name a row with a wrong sign and the way to move a weight or, in a `closer` hint, a value for it. If all signs are
 * correct, say how to make the units sharper.
 */
function hint(weights, rows, closer) {
  const unit = UNITS.findIndex((_, i) => rows.some((row) => !row[i].correct));
  if (unit < 0) return closer ? "Larger weights move these numbers closer to −1 and 1, so press “All larger”." :
    "Look for numbers in the table that are far from −1 and 1: they carry an error into the next time step.";
  const [u, v1, v2, b] = weights.slice(4 * unit, 4 * unit + 4), odd = v1 - v2;
  const [reads, letter, j, now, value, reason] =
    v1 < 1 ? [({ old }) => old[0], "V", 1, v1, 2, "the sum in the tanh rises with the first old unit"] :
    v1 > 4 ? [({ old }) => old[0], "V", 1, v1, 2, "the sliders of the other weights reach far enough"] :
    Math.abs(v1 + v2) > NEAR ? [({ old }) => old[1], "V", 2, v2, -v1,
      "the even states (−1, −1) and (1, 1) add nothing to the sum in the tanh"] :
    Math.abs(u - odd) > NEAR ? [({ bit }) => bit, "U", "", u, odd,
      "a 1 adds as much to the sum in the tanh as the odd state (1, −1)"] :
    [() => true, "b", "", b, -(unit + 0.5) * odd, `the sum in the tanh is above 0 only if ${TOTAL} is ` +
      `${unit ? "2" : "1 or 2"}. Without the bias, it is ${fixed(odd, 1)} for 1 and ${fixed(2 * odd, 1)} for 2`];
  const wrong = ROWS.filter((_, i) => !rows[i][unit].correct), { old, bit, sum } = wrong.find(reads) ?? wrong[0];
  const name = subscript(letter, `${unit + 1}${j}`);
  return `For example, the row (${old.map((v) => fixed(v, 0)).join(", ")}) with ${sum - bit} + ${bit} has a wrong ` +
    `sign. ${closer ? `Move ${name} to ${fixed(value, 1)}` : `${value > now ? "Raise" : "Lower"} ${name}`}, so that ` +
    `${reason}.`;
}
