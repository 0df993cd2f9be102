// The gradient through time: a column for each time step, filled by the share of the last step's gradient that arrives.

import {
  currentNetwork, digits, make, makeSlider, networkSettings, numbersTable, save, superscript, symbol,
  widgetOf, widgetRoot,
} from "./shared.js";
import { engine } from "./engine.js";

const LOW = -12, HIGH = 4; // powers of ten at the bottom and at the top of a column
const LOST = 1e-3, EXPLODED = 1e3;
const LEVELS = [[1e3, "1000"], [1, "1"], [1e-3, "1/1000"], [1e-6, "10⁻⁶"], [1e-9, "10⁻⁹"], [1e-12, "≤ 10⁻¹²"]];
const BANDS = [[3e3, "explodes"], [30, "stays"], [3e-8, "vanishes"]]; // with the heights of their names

// The number that the reader changes: the bias of the forget gates of an LSTM, the gain of V of any other network.
const GAIN = { trait: "gain", name: "Gain of V", range: { min: 0.25, max: 2.5, step: 0.05 },
               written: (gain) => `× ${gain.toFixed(2)}` };
const BIAS = { trait: "bias", name: "Forget bias", range: { min: -2, max: 6, step: 0.1 },
               written: (bias) => `${bias < 0 ? "−" : "+"} ${Math.abs(bias).toFixed(1)}` };

export default widgetOf(["network", "gain", "bias"], build, paint);

const { Network, batchOf } = engine();

/** Return the norm of the last logit's gradient at each state, [steps][strings], after the gain or bias was applied. */
function gradientNorms({ cell, matrix, output, bias }, gain, forgetBias, strings) {
  const size = output.length, network = new Network(cell, size), [state, firstBias] = [size, size + 1];
  const rows = cell === "lstm" ?
    matrix.map((row, k) => row.map((v, j) => (k >= size && k < 2 * size && j === firstBias ? v + forgetBias : v))) :
    matrix.map((row) => row.map((v, j) => (j < state ? v * gain : v)));
  network.parameters.set([...rows.flat(), ...output, bias]);
  return network.stateGradients(batchOf(strings.map(digits), "end"));
}

/** Return for each time step the share of the last step's gradient: median, least and most over the strings. */
function shares(norms) {
  return norms.map((part) => {
    const sorted = part.map((norm, string) => norm / norms.at(-1)[string]).sort((a, b) => a - b);
    const middle = sorted.length / 2, median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
    return { median, least: sorted[0], most: sorted.at(-1) };
  });
}

/** Return the least value of the slider with which more than everything reaches step 1, or null if there is none. */
function turnOf(model, network, { trait, range }) {
  const isLarge = (value) => shares(gradientNorms(network, value, value, model.get("strings")))[0].median > 1;
  const { min, max, step } = range;
  if (trait === "bias" || isLarge(min) || !isLarge(max)) return null; // the share need not grow with the bias
  let [low, high] = [0, Math.round((max - min) / step)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    [low, high] = isLarge(min + step * middle) ? [low, middle] : [middle, high];
  }
  return min + step * high;
}

function build(model) {
  const view = {}, steps = model.get("strings")[0].length;
  const settings = networkSettings(view, model);
  view.name = make("span", { class: "pw-knob" });
  view.ofTurn = make("span", {}, "At the mark on the slider, vanishing turns into exploding.");
  view.turn = make("datalist", { id: `pw-${Math.random().toString(36).slice(2)}` });
  view.slider = makeSlider({ list: view.turn.id }, (value) => {
    view.sentence.setAttribute("aria-live", "off"); // screen readers announce the value of the slider
    save(model, { [view.now.knob.trait]: value });
  });
  view.network.select.addEventListener("focus", () => view.sentence.setAttribute("aria-live", "polite"));
  view.value = make("output", { class: "pw-value" });
  view.title = make("b", {});
  view.cells = Array.from({ length: steps }, () => make("span", { class: "pw-step" }, make("i", { class: "pw-fill" })));
  view.strip = make("div", { class: "pw-strip", role: "img", style: `--lost: ${height(LOST)}; --all: ${height(1)}` },
    make("div", { class: "pw-steps" }, ...view.cells), ...LEVELS.map(buildLevel),
    ...BANDS.map(([share, name]) => make("b", { class: "pw-band", style: `bottom: ${height(share)}` }, name)));
  view.sentence = make("p", { class: "pw-told" });
  view.numbers = numbersTable("The numbers of the strip", () => tableRows(view.now));
  view.root = widgetRoot("The gradient through time",
    make("div", { class: "pw-settings" }, ...settings, make("label", {}, view.name, view.slider, view.value), view.turn),
    view.title, view.strip,
    make("div", { class: "pw-way", "aria-hidden": "true" }, make("span", {}, "step 1"),
      make("span", {}, "← backward pass"), make("span", {}, `${steps}: the label`)),
    view.sentence,
    make("p", { class: "pw-note" }, `Medians over ${model.get("strings").length} strings. `, view.ofTurn),
    view.numbers.root);
  return view;
}

const height = (share) =>
  `${((100 * (Math.min(Math.max(Math.log10(share), LOW), HIGH) - LOW)) / (HIGH - LOW)).toFixed(2)}%`;

function buildLevel([share, name]) {
  const kind = share === 1 ? "pw-level pw-all" : share === LOST ? "pw-level pw-lost" : "pw-level";
  return make("div", { class: kind, style: `bottom: ${height(share)}` }, make("span", {}, name));
}

function paint(view, model) {
  const network = currentNetwork(model), lstm = network.cell === "lstm", knob = lstm ? BIAS : GAIN;
  const value = model.get(knob.trait), written = knob.written(value), label = model.get("network");
  const steps = shares(gradientNorms(network, model.get("gain"), model.get("bias"), model.get("strings")));
  view.now = { knob, steps };
  view.network.choose(label);
  if (view.label !== label) {
    const turn = turnOf(model, network, knob);
    view.turn.replaceChildren(turn ? make("option", { value: turn.toFixed(2) }) : "");
    view.ofTurn.style.visibility = turn ? "visible" : "hidden"; // nothing moves
    view.label = label;
  }
  view.name.textContent = knob.name;
  for (const [name, limit] of Object.entries(knob.range)) view.slider.setAttribute(name, limit);
  view.slider.value = value;
  view.slider.setAttribute("aria-valuetext", `${written}; ${power(steps[0].median)} reaches step 1`);
  view.value.textContent = written;
  const [state, letter] = lstm ? ["cell state", "c"] : ["state", "h"];
  view.title.replaceChildren(`How much of the gradient at step ${steps.length} reaches each ${state} `,
    symbol(letter, "t"));
  paintStrip(view);
  view.sentence.textContent = describe(steps.map(({ median }) => median));
  view.numbers.paint();
}

function paintStrip({ cells, strip, now }) {
  cells.forEach((cell, t) => cell.style.setProperty("--level", height(now.steps[t].median)));
  const named = now.steps.map((_, t) => t).filter((t) => t % 10 === 9 || t === 0).reverse();
  strip.setAttribute("aria-label", `Relative to the gradient at step ${now.steps.length}, the median over strings is ` +
    named.map((t) => `${power(now.steps[t].median)} at step ${t + 1}`).join(", "));
}

/** Return the numbers of the strip from the last step on, which is the direction of the backward pass. */
function tableRows({ steps }) {
  return [["step", "share (median)", "least", "most", "factor of this step"],
    ...steps.map(({ median, least, most }, t) => [String(t + 1), ...[median, least, most].map(power),
      t + 1 < steps.length ? power(median / steps[t + 1].median) : ""]).reverse()];
}

/** Format a share: 0.89, 120, or 3.5 × 10⁻⁷. */
function power(share) {
  if (!Number.isFinite(share) || share === 0) return share === 0 ? "0" : "–";
  if (share >= LOST && share < EXPLODED) return share < 99.5 ? share.toPrecision(2) : share.toFixed(0);
  const [digits, exponent] = share.toExponential(1).split("e");
  return `${digits} × 10${superscript(Number(exponent))}`;
}

function describe(medians) {
  const first = medians[0], back = medians.length - 1, factor = first ** (1 / back);
  const lost = medians.findLastIndex((share) => share < LOST) + 1;
  const large = medians.findLastIndex((share) => share > EXPLODED) + 1;
  const arrives = first === 0 ? "Nothing reaches step 1 that 64 bits can distinguish from 0." :
    `${power(first)} ${first > 1 ? "times as much" : "of it"} reaches step 1, as if each of the ${back} steps ` +
    `multiplied by ${factor.toFixed(factor < 0.1 ? 4 : 2)}.`;
  const from = (step) => (step === 1 ? "at step 1" : `from step ${step} back`);
  const verdict = large > lost ? `It explodes: above 1000 ${from(large)}.` :
    lost ? `It vanishes: below 1/1000 ${from(lost)}.` : "It stays between 1/1000 and 1000.";
  return `${arrives} ${verdict}`;
}
