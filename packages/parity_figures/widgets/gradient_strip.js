// The gradient through time: a cell for each step, filled as high as the share of the last step's gradient that arrives.

const LOW = -12, HIGH = 4; // powers of ten at the bottom and at the top of a cell
const LOST = 1e-3, EXPLODED = 1e3;
const LEVELS = [[1e3, "1000"], [1, "1"], [1e-3, "1/1000"], [1e-6, "10⁻⁶"], [1e-9, "10⁻⁹"], [1e-12, "≤ 10⁻¹²"]];

// What the reader turns: of an LSTM the bias of its forget gates, of any other net the gain of V.
const GAIN = { trait: "gain", name: "Gain of V", rest: 1, min: 0.25, max: 2.5, step: 0.05, written: (gain) => `× ${gain.toFixed(2)}` };
const BIAS = { trait: "bias", name: "Forget bias", rest: 0, min: -2, max: 6, step: 0.1,
               written: (bias) => `${bias < 0 ? "−" : "+"} ${Math.abs(bias).toFixed(1)}` };

export default followed(["net", "gain", "bias"], build, paint);

// --- the gradient -----------------------------------------------------------

// engine.js goes the way back too, but for every weight, for batches and for training: 29 KB for what the lines below
// do for one string, on top of the forward pass that the shared part has anyway.

const knobOf = (net) => (net.cell === "lstm" ? BIAS : GAIN);

/** The net with its knob turned. An LSTM's gates stand in PyTorch's order: input, forget, candidate, output. */
function turned(net, value) {
  const size = net.W[0].length, forgets = (k) => k >= size && k < 2 * size;
  if (knobOf(net) === GAIN) return { ...net, V: net.V.map((row) => row.map((v) => v * value)) };
  return { ...net, b: net.b.map((v, k) => (forgets(k) ? v + value : v)) };
}

/** The norm of the last logit's gradient at the state after each step: at h, or at an LSTM's c. */
function gradientNorms(net, bits) {
  const states = forward(net, bits), columns = net.W[0].map((_, k) => net.V.map((row) => row[k]));
  const norms = Array(bits.length), back = net.cell === "lstm" ? lstmBack : plainBack;
  let atH = net.W[0], fromMemory = atH.map(() => 0);
  for (let t = bits.length; t > 0; t--) {
    const { atState, atSums, onward } = back(net, states[t], states[t - 1], atH, fromMemory);
    norms[t - 1] = Math.hypot(...atState);
    atH = columns.map((column) => dot(column, atSums)); // V transposed, times the gradient at the sums
    fromMemory = onward;
  }
  return norms;
}

/** One step back through tanh or relu: the gradient at the state and at the sums that go into the activation. */
function plainBack(net, { h }, _, atH) {
  return { atState: atH, atSums: atH.map((d, k) => d * (net.cell === "tanh" ? 1 - h[k] ** 2 : Number(h[k] > 0))) };
}

/** The same through an LSTM, whose state is c; `onward` is what the memory line carries back. */
function lstmBack(net, { before, memory }, { memory: old }, atH, fromMemory) {
  const size = memory.length, [i, f, o] = [0, 1, 3].map((k) => gate(before, size, k, sigmoid));
  const g = gate(before, size, 2, Math.tanh), squashed = memory.map(Math.tanh), slope = (s) => s * (1 - s);
  const atC = memory.map((_, k) => fromMemory[k] + atH[k] * o[k] * (1 - squashed[k] ** 2));
  const atSums = [atC.map((d, k) => d * g[k] * slope(i[k])), atC.map((d, k) => d * old[k] * slope(f[k])),
                  atC.map((d, k) => d * i[k] * (1 - g[k] ** 2)), atH.map((d, k) => d * squashed[k] * slope(o[k]))].flat();
  return { atState: atC, atSums, onward: atC.map((d, k) => d * f[k]) };
}

/** For each step the share of the last step's gradient that arrives: median, least and most over the strings. */
function shares(net, strings) {
  const found = strings.map((bits) => gradientNorms(net, digits(bits))).map((norms) => norms.map((norm) => norm / norms.at(-1)));
  return found[0].map((_, t) => {
    const sorted = found.map((ratios) => ratios[t]).sort((a, b) => a - b), middle = sorted.length / 2;
    return { median: (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2, least: sorted[0], most: sorted.at(-1) };
  });
}

// --- what the reader does ---------------------------------------------------

function turn(view, model, knob, value) {
  view.said.setAttribute("aria-live", "off"); // the slider says it itself
  model.set(knob.trait, value);
  model.save_changes();
}

/** Another net, with its knob as it came. */
function choose(view, model, name) {
  view.said.setAttribute("aria-live", "polite");
  model.set("gain", GAIN.rest);
  model.set("bias", BIAS.rest);
  model.set("net", name);
  model.save_changes();
}

// --- building: once ---------------------------------------------------------

function build(model) {
  const view = { held: null }, names = Object.keys(model.get("weights")), steps = model.get("strings")[0].length;
  view.select = make("select", { class: "pw-input", onchange: () => choose(view, model, view.select.value) },
    ...names.map((name) => make("option", {}, name)));
  view.knob = make("span", { class: "pw-knob" });
  view.slider = make("input", { type: "range", class: "pw-slider", oninput: () => turn(view, model, view.now.knob, Number(view.slider.value)) });
  view.value = make("output", { class: "pw-value" });
  const hold = (held) => { view.held = held; paint(view, model); };
  const { row, buttons } = buttonRow([["Keep this line", () => hold(view.now)], ["Let it go", () => view.held && hold(null)]]);
  view.release = buttons["Let it go"];
  view.title = make("b", {});
  view.cells = Array.from({ length: steps }, () => make("span", { class: "pw-step" }, make("i", { class: "pw-fill" }), make("i", { class: "pw-held" })));
  view.strip = make("div", { class: "pw-strip", role: "img", style: `--lost: ${height(LOST)}; --all: ${height(1)}` }, make("div", { class: "pw-steps" }, ...view.cells), ...LEVELS.map(buildLevel));
  view.said = make("p", { class: "pw-told" });
  view.legend = make("p", { class: "pw-legend" });
  view.numbers = numbersTable("The numbers of the strip", () => numbers(view.now));
  view.root = widgetRoot("The gradient through time",
    make("div", { class: "pw-settings" }, ...(names.length > 1 ? [make("label", {}, "Net ", view.select)] : []),
      make("label", {}, view.knob, view.slider, view.value), row),
    view.title, view.strip,
    make("div", { class: "pw-way", "aria-hidden": "true" }, make("span", {}, "step 1"), make("span", {}, "← the way back"), make("span", {}, `${steps}: the label`)),
    view.said, view.legend,
    make("p", { class: "pw-note" }, `One net; each cell is the median over ${model.get("strings").length} strings.`), view.numbers.root);
  return view;
}

const height = (share) => `${((100 * (Math.min(Math.max(Math.log10(share), LOW), HIGH) - LOW)) / (HIGH - LOW)).toFixed(2)}%`;

function buildLevel([share, name]) {
  const kind = share === 1 ? "pw-level pw-all" : share === LOST ? "pw-level pw-lost" : "pw-level";
  return make("div", { class: kind, style: `bottom: ${height(share)}` }, make("span", {}, name));
}

// --- painting: after every change -------------------------------------------

function paint(view, model) {
  const name = model.get("net"), net = model.get("weights")[name], knob = knobOf(net), value = model.get(knob.trait);
  const steps = shares(turned(net, value), model.get("strings"));
  view.now = { knob, steps, name: `${name}, ${knob.trait} ${knob.written(value)}` };
  view.select.value = name;
  view.knob.textContent = knob.name;
  for (const key of ["min", "max", "step"]) view.slider.setAttribute(key, knob[key]);
  view.slider.value = value;
  view.slider.setAttribute("aria-valuetext", `${knob.written(value)}; ${written(steps[0].median)} reaches step 1`);
  view.value.textContent = knob.written(value);
  view.title.replaceChildren(`How much of the gradient at step ${steps.length} reaches each ${knob === BIAS ? "cell state" : "state"} `,
    symbol(knob === BIAS ? "c" : "h", "t"));
  paintStrip(view);
  setAvailable(view.release, view.held !== null);
  view.said.textContent = tell(steps);
  view.numbers.paint();
}

function paintStrip({ cells, strip, legend, now, held }) {
  cells.forEach((cell, t) => {
    cell.style.setProperty("--level", height(now.steps[t].median));
    if (held) cell.style.setProperty("--held", height(held.steps[t].median));
  });
  strip.classList.toggle("pw-compares", held !== null);
  const shown = now.steps.map((_, t) => t).filter((t) => t % 10 === 9 || t === 0).reverse();
  strip.setAttribute("aria-label", `Beside the gradient at step ${now.steps.length}, a median over strings: ` +
    shown.map((t) => `${written(now.steps[t].median)} at step ${t + 1}`).join(", "));
  legend.textContent = held ? `Kept: ${held.name}; ${written(held.steps[0].median)} at step 1` : "";
}

/** What reaches each step, the last one first, as the gradient travels. */
function numbers({ steps }) {
  return [["step", "share (median)", "least", "most", "factor of this step"],
    ...steps.map(({ median, least, most }, t) => [String(t + 1), ...[median, least, most].map(written),
      t + 1 < steps.length ? written(median / steps[t + 1].median) : ""]).reverse()];
}

// --- words ------------------------------------------------------------------

/** 0.89, 120, or 3.5 × 10⁻⁷. */
function written(share) {
  if (!Number.isFinite(share) || share === 0) return share === 0 ? "0" : "–";
  if (share >= LOST && share < EXPLODED) return share < 99.5 ? share.toPrecision(2) : share.toFixed(0);
  const [digits, power] = share.toExponential(1).split("e");
  return `${digits} × 10${superscript(Number(power))}`;
}

function tell(steps) {
  const medians = steps.map(({ median }) => median), back = medians.length - 1, first = medians[0];
  const lost = medians.findLastIndex((share) => share < LOST) + 1, large = medians.findLastIndex((share) => share > EXPLODED) + 1;
  const factor = first ** (1 / back), much = first > 1 ? "times as much" : "of it";
  const arrives = first === 0 ? "Nothing reaches step 1 that 64 bits can tell from 0." :
    `${written(first)} ${much} reaches step 1, as if each of the ${back} steps multiplied by ${factor.toFixed(factor < 0.1 ? 4 : 2)}.`;
  const from = (step) => (step === 1 ? "at step 1" : `from step ${step} back`);
  const where = large > lost ? `It explodes: above 1000 ${from(large)}.` : lost ? `It vanishes: below 1/1000 ${from(lost)}.` :
    "It stays between 1/1000 and 1000.";
  return `${arrives} ${where}`;
}
