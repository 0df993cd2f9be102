// The unrolled network, one column for each time step: the bit below, the state in the middle, the answer on top.

import {
  addCount, buttonRow, currentNetwork, digits, fixed, flip, goTo, judge, make, onesIn, paintAnswer,
  paintStringSettings, play, setAvailable, setBits, stop, stringSettings, symbol, tint, vector, wantsLessMotion, widgetOf,
  widgetRoot,
} from "./shared.js";
import { forward, sigmoid } from "./forward_pass.js";

const MOST_BITS = 12, MILLISECONDS_PER_STEP = 700, TRAVEL = 300;

export default widgetOf(["bits", "network", "step"], build, paint, stop);

/** Go to another step, and end a run. */
function move(view, model, step) {
  stop(view);
  goTo(model, step);
  paint(view, model); // the step may be the same, but the button no longer says Stop
}

/** Go to the end step by step until the button is pressed again, or at once if the reader wants less motion. */
function run(view, model) {
  const step = () => model.get("step");
  if (view.timer) return move(view, model, step());
  play(view, model.get("bits").length - step(), () => MILLISECONDS_PER_STEP, (count) => goTo(model, step() + count));
}

/** Go to another step with the arrow keys, Home and End, wherever the focus is in the graph. */
function onKey(event, view, model) {
  const step = model.get("step");
  const target = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: model.get("bits").length }[event.key];
  if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault(); // the graph would scroll as well
  move(view, model, target);
}

function build(model) {
  const view = { columns: [], shape: "", timer: null };
  const { row, buttons } = buttonRow([
    ["Back", () => move(view, model, model.get("step") - 1)],
    ["Step", () => move(view, model, model.get("step") + 1)],
    ["Run", () => run(view, model)],
    ["Start again", () => move(view, model, 0)],
  ], "Step");
  view.buttons = buttons;
  view.count = addCount(row);
  view.graph = make("div", { class: "pw-graph", tabindex: "0", role: "group",
                             onkeydown: (event) => onKey(event, view, model) });
  view.line = make("div", { class: "pw-line", "aria-live": "polite", "aria-atomic": "true" });
  const settings = stringSettings(view, model, 1, MOST_BITS, (bits) => setBits(model, bits));
  view.root = widgetRoot("Unrolled recurrent network", settings, view.graph, row, view.line,
    make("p", { class: "pw-legend" }, "States: green above 0, purple below, stronger for larger numbers. Outputs are ",
      "logits; a logit above 0 means odd."));
  return view;
}

/** Build new columns if their number or their size has changed; otherwise the focus stays where it is. */
function buildColumns(view, model, steps, units) {
  if (view.shape === `${steps} ${units}`) return;
  view.shape = `${steps} ${units}`;
  view.start = buildState(units);
  view.columns = Array.from({ length: steps }, (_, index) => buildColumn(model, index + 1, units));
  view.graph.replaceChildren(make("ol", { class: "pw-columns" },
    make("li", { class: "pw-column pw-first" },
      make("span", { class: "pw-rowname pw-o" }, "answers"),
      make("div", { class: "pw-h" }, view.start.box, make("span", { class: "pw-name" }, symbol("h", 0))),
      make("span", { class: "pw-rowname pw-x" }, "reads")),
    ...view.columns.map((column) => column.root)));
}

function buildColumn(model, t, units) {
  const bit = make("button", { type: "button", class: "pw-bit", onclick: () => flip(model, t - 1) });
  const state = buildState(units), answer = make("div", { class: "pw-verdict" });
  const named = (letter, element) => make("div", { class: `pw-${letter}` }, element,
    make("span", { class: "pw-name" }, symbol(letter, t)));
  const arrow = (direction, letter) => make("span", { class: `pw-arrow pw-${direction} pw-${letter.toLowerCase()}`,
                                                      "aria-hidden": "true" }, make("i", {}, letter));
  // The order is that of the data, from the bit to the output. The style sheet puts the bit at the bottom.
  const root = make("li", { class: "pw-column" }, named("x", bit), arrow("up", "U"), arrow("right", "V"),
    named("h", state.box), arrow("up", "W"), named("o", answer));
  return { t, bit, state, answer, root };
}

function buildState(units) {
  const cells = Array.from({ length: units }, () => make("span", { class: "pw-cell" }));
  return { box: make("div", { class: "pw-cells" }, ...cells), cells };
}

function paint(view, model) {
  const network = currentNetwork(model), bits = model.get("bits"), step = Math.min(model.get("step"), bits.length);
  const steps = forward(network, digits(bits)), largest = Math.max(1, ...steps.flatMap(({ h }) => h.map(Math.abs)));
  buildColumns(view, model, bits.length, network.output.length);
  paintState(view.start, steps[0].h, largest);
  view.columns.forEach((column) => paintColumn(column, steps, bits, step, largest));
  paintStringSettings(view, model);
  view.count.textContent = `step ${step} of ${bits.length}`;
  view.graph.setAttribute("aria-label",
    `The network unrolled over ${bits.length} bits. Press the left and right arrow keys to step.`);
  for (const name of ["Back", "Start again"]) setAvailable(view.buttons[name], step > 0);
  for (const name of ["Step", "Run"]) setAvailable(view.buttons[name], step < bits.length);
  view.buttons.Run.textContent = view.timer ? "Stop" : "Run";
  view.line.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.line.replaceChildren(...explain(network, steps, bits, step));
  showCurrent(view, step);
  if (step === view.step + 1) travel((view.columns[step - 2]?.state ?? view.start).box, view.columns[step - 1].state.box);
  view.step = step;
}

/** Let a copy of the last state travel along V; the next state appears where it arrives. */
function travel(from, to) {
  if (wantsLessMotion()) return;
  const copy = from.cloneNode(true), left = (element) => element.getBoundingClientRect().left;
  copy.classList.add("pw-travels");
  to.after(copy);
  copy.animate({ translate: [`${left(from) - left(to)}px`, 0] }, TRAVEL).onfinish = () => copy.remove();
  to.animate({ opacity: [0, 0, 1] }, 1.5 * TRAVEL);
}

function paintColumn({ t, bit, state, answer, root }, steps, bits, step, largest) {
  const done = t <= step;
  root.classList.toggle("pw-done", done);
  root.classList.toggle("pw-current", t === step);
  if (t === step) root.setAttribute("aria-current", "step");
  else root.removeAttribute("aria-current");
  bit.textContent = bits[t - 1];
  bit.setAttribute("aria-pressed", String(bits[t - 1] === "1"));
  bit.setAttribute("aria-label", `Bit ${t} is ${bits[t - 1]}. Flip it.`);
  paintState(state, done ? steps[t].h : null, largest);
  paintAnswer(answer, done ? steps[t].logit : null, onesIn(bits.slice(0, t)));
}

/** Show a state, or an empty one if `values` is null because the network has not reached it yet. */
function paintState({ cells }, values, largest) {
  cells.forEach((cell, i) => {
    tint(cell, values ? values[i] : 0, largest);
    cell.title = values ? `unit ${i + 1}: ${fixed(values[i], 4)}` : "not computed yet";
    cell.textContent = values ? fixed(values[i]) : "";
  });
}

/** Scroll the graph, but never the page, until the current column is in the middle. */
function showCurrent({ graph, columns }, step) {
  const column = columns[step - 1]?.root;
  const left = column ? column.offsetLeft - (graph.clientWidth - column.offsetWidth) / 2 : 0;
  graph.scrollTo({ left, behavior: wantsLessMotion() ? "auto" : "smooth" });
}

/** Return paragraphs about the current step: the input, the computation and the answer. */
function explain({ cell }, steps, bits, t) {
  if (t === 0) return ["No bit has been read, and the state is ", symbol("h", 0), ` = ${vector(steps[0].h)}. `,
                       "What will the network answer after each bit? Guess, then press Step."];
  const { h, a, logit } = steps[t], i = (letter) => make("i", {}, letter);
  const sum = a.length === 1 ? `(${vector(a)})` : vector(a);
  const odd = sigmoid(logit), rounded = odd < 1e-4 ? "< 0.0001" : odd > 1 - 1e-4 ? "> 0.9999" : odd.toFixed(4);
  return [
    make("p", {}, `Step ${t}: the network is in the state `, symbol("h", t - 1), ` = ${vector(steps[t - 1].h)} and reads `,
         symbol("x", t), ` = ${bits[t - 1]}.`),
    make("p", { class: "pw-math" }, symbol("h", t), ` = ${cell}(`, i("U "), symbol("x", t), " + ", i("V "),
         symbol("h", t - 1), " + ", i("b"), `) = ${cell}${sum} = ${vector(h)}`),
    make("p", { class: "pw-math" }, symbol("o", t), " = ", i("W "), symbol("h", t), " + ", i("c"),
         ` = ${fixed(logit)}, so the probability of odd is ${rounded}`),
    make("p", {}, ...judge(logit, bits.slice(0, t))),
  ];
}
