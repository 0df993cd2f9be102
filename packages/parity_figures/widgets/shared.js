// Helpers that the widgets share. base.py puts this text in front of each widget's own module, so every name here is in
// scope there and nothing has to be imported.

// --- elements ---------------------------------------------------------------

const FOCUSABLE = ["button", "input", "select", "textarea"];

/** Create an HTML element: make("button", { class: "a", onclick: f }, "text"). False and null omit an attribute. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  // JupyterLab uses keys as shortcuts (x cuts a cell) unless the focused element itself carries this attribute.
  if (FOCUSABLE.includes(tag) || "tabindex" in attributes) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children);
  return element;
}

/** Create an SVG element: svg("circle", { r: 3 }). */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const svgText = (x, y, content, anchor = "middle", name = "") =>
  svg("text", { x, y, "text-anchor": anchor, class: name }, content);
const svgLine = (name, x1, y1, x2, y2) => svg("line", { class: name, x1, y1, x2, y2 });
const svgPath = (name, points) => svg("polyline", { class: name, points: points.join(" ") }); // points as "x,y"

/** Return functions for a square plot with the same scale on both axes: positions, points, a cobweb of iterates. */
function squarePlot(size, low, high) {
  const at = (value) => ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * size;
  const point = (x, y) => `${at(x).toFixed(1)},${(size - at(y)).toFixed(1)}`;
  const grid = Array.from({ length: 241 }, (_, i) => low + ((high - low) * i) / 240);
  const diagonal = [point(low, low), point(high, high)];
  const cobweb = (values) => [point(values[0], values[0]),
    ...values.slice(1).flatMap((value, t) => [point(values[t], value), point(value, value)])];
  return { at, point, grid, diagonal, cobweb };
}

/** Create the outermost element of a widget; screen readers announce it by its label. */
const widgetRoot = (label, ...children) =>
  make("div", { class: "parity-widget", role: "group", "aria-label": label }, ...children);

/** Return a widget that is built once and painted at the start and after each change of one of these traits. */
function widgetOf(traits, build, paint, stop = () => {}) {
  const render = ({ model, el }) => {
    const view = build(model, el), update = () => paint(view, model);
    el.append(view.root);
    traits.forEach((name) => model.on(`change:${name}`, update));
    update();
    return () => {
      stop(view);
      traits.forEach((name) => model.off(`change:${name}`, update));
    };
  };
  return { render };
}

/** Call an action when its key is pressed, wherever the focus is in an element. The keys are in lower case. */
const onKeys = (element, actions) => element.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat) actions[event.key.toLowerCase()]?.(event);
});

/** Create a row of buttons from [label, action] pairs. The buttons are returned by their labels. */
function buttonRow(pairs, primary) {
  const buttons = {};
  for (const [label, action] of pairs) {
    const name = label === primary ? "pw-button pw-primary" : "pw-button";
    buttons[label] = make("button", { type: "button", class: name, onclick: action }, label);
  }
  return { row: make("div", { class: "pw-buttons" }, ...Object.values(buttons)), buttons };
}

/** Add a text that counts something to the end of a row of buttons. */
const addCount = (row) => row.appendChild(make("span", { class: "pw-count" }));

/** Show a button as unavailable but keep it focusable, because disabling it would move the keyboard focus. */
const setAvailable = (button, available) => button.setAttribute("aria-disabled", String(!available));

/** Create a slider that passes its value to `onchange`. */
function makeSlider(attributes, onchange) {
  const slider = make("input", { type: "range", class: "pw-slider", ...attributes,
                                 oninput: () => onchange(Number(slider.value)) });
  return slider;
}

/**
 * Create a labelled list of [value, name] pairs that passes the value of the chosen one to `onchange`. Values may be
 * anything that JSON can represent; `choose(value)` chooses one, or none if the list does not contain it. `offer` replaces
 * the pairs.
 */
function makeSelect(label, options, onchange) {
  const select = make("select", { class: "pw-input", onchange: () => onchange(JSON.parse(select.value)) });
  const offer = (pairs) => select.replaceChildren(...pairs.map(([value, name]) =>
    make("option", { value: JSON.stringify(value) }, name)));
  const choose = (value) => (select.value = JSON.stringify(value));
  offer(options);
  return { select, offer, choose, root: make("label", {}, `${label} `, select) };
}

/** Create x with a subscript: symbol("x", 3). */
const symbol = (letter, index) =>
  make("span", { class: "pw-symbol" }, make("i", {}, letter), make("sub", {}, String(index)));

/**
 * Create a folded table. `rows()` returns lists of texts, the column names first; it is called when the table is opened
 * and at each `paint()` while it is open. `label` names the table for screen readers.
 */
function numbersTable(label, rows) {
  const table = make("table", {});
  const line = (cells, tag) => make("tr", {},
    ...cells.map((cell) => make(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  const paint = () => {
    if (root.open) table.replaceChildren(...rows().map((cells, i) => line(cells, i ? "td" : "th")));
  };
  const root = make("details", { class: "pw-more", ontoggle: paint }, make("summary", {}, "The numbers"),
    make("div", { class: "pw-numbers", tabindex: "0", role: "region", "aria-label": label }, table));
  return { root, paint };
}

const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// --- numbers ----------------------------------------------------------------

/** Format a number with a minus sign, and with fewer decimals if it is large. */
function fixed(value, decimals = 2) {
  const size = Math.abs(value);
  if (size >= 1e5) return value.toExponential(1).replace("-", "−");
  const text = value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? Math.min(decimals, 1) : decimals);
  return text.replace("-", Number(text) === 0 ? "" : "−");
}

/** Format a vector: (0.99, −0.99). */
const vector = (values) => (values.length === 1 ? fixed(values[0]) : `(${values.map((v) => fixed(v)).join(", ")})`);

/** Count with a noun: 1 zero, 1,200 zeros. */
const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const superscript = (power) => [...String(power)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("");
const subscript = (letter, t) => letter + [...String(t)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** Tell the style sheet the sign of a value and its share of the largest. */
function tint(element, value, largest) {
  const share = Math.min(Math.abs(value) / largest, 1);
  element.style.setProperty("--share", share.toFixed(3));
  element.dataset.sign = share < 0.0005 ? "zero" : value > 0 ? "plus" : "minus";
}

// --- bits and answers -------------------------------------------------------

const digits = (bits) => [...bits].map(Number);
const onesIn = (bits) => digits(bits).reduce((sum, bit) => sum + bit, 0);
const parityName = (count) => (count % 2 ? "odd" : "even");
const answerOf = (logit) => (logit > 0 ? "odd" : "even");

/** Create the mark of a correct or a wrong answer. */
const correctness = (correct) =>
  make("span", { class: "pw-mark", role: "img", "aria-label": correct ? "correct" : "wrong" }, correct ? "✓" : "✗");

/** Show an answer in its box: even is round, odd has corners. The logit is null if it has not been computed yet. */
function paintAnswer(box, logit, ones) {
  if (logit === null) {
    box.className = "pw-verdict";
    box.replaceChildren(make("span", { class: "pw-says", title: "not computed yet" }, "?"));
    return;
  }
  const answer = answerOf(logit), correct = answer === parityName(ones);
  box.className = `pw-verdict pw-${answer}${correct ? "" : " pw-wrong"}`;
  box.replaceChildren(make("span", { class: "pw-says" }, answer, " ", correctness(correct)),
                      make("span", { class: "pw-logit" }, fixed(logit)));
}

/** Say what the network answers after the bits of `prefix`, and whether that is correct. */
function judge(logit, prefix) {
  const answer = answerOf(logit), ones = onesIn(prefix), parity = parityName(ones);
  return ["It answers ", make("b", {}, answer), `. That is ${answer === parity ? "correct" : "wrong"}: ${prefix} has ` +
    `${counted(ones, "one")}, and ${ones} is ${parity}.`];
}

// --- the model: networks that read a string ---------------------------------

/** Change several traits at once, here and in Python. */
function save(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

const currentNetwork = (model) => model.get("networks")[model.get("network")];

function goTo(model, step) {
  const inside = Math.max(0, Math.min(step, model.get("bits").length));
  if (inside !== model.get("step")) save(model, { step: inside });
}

const setBits = (model, bits) => save(model, { bits, step: Math.min(model.get("step"), bits.length) });

function flip(model, index) {
  const bits = [...model.get("bits")];
  bits[index] = bits[index] === "1" ? "0" : "1";
  setBits(model, bits.join(""));
}

/** Return what is wrong with a text that should be a string of bits, or "" if nothing is. */
function problemWith(text, least, most) {
  const wrong = [...text].find((character) => character !== "0" && character !== "1");
  if (text.length < least) return `Type ${least} to ${most} bits, each 0 or 1.`;
  if (wrong !== undefined) return `Only 0 and 1 are bits; ${wrong === " " ? "a space" : `“${wrong}”`} is neither.`;
  return text.length > most ? `At most ${most} bits fit here; these are ${text.length}.` : "";
}

/** Create a list of the networks if there are several; a figure of a single network need not have any. */
function networkSettings(view, model) {
  const labels = Object.keys(model.get("networks") ?? {});
  view.network = makeSelect("Network", labels.map((label) => [label, label]),
    (network) => save(model, { network }));
  return labels.length > 1 ? [view.network.root] : [];
}

/** Create a field for the bits and a list of the networks. `onbits` gets each string of an allowed length. */
function stringSettings(view, model, least, most, onbits) {
  view.message = make("p", { class: "pw-message", role: "alert", id: `pw-${Math.random().toString(36).slice(2)}` });
  view.input = make("input", { class: "pw-input pw-bits", type: "text", "aria-label": "Bits", inputmode: "numeric",
                               autocomplete: "off", spellcheck: "false", "aria-describedby": view.message.id });
  view.input.addEventListener("input", () => {
    const problem = problemWith(view.input.value, least, most);
    showProblem(view, problem);
    if (!problem) onbits(view.input.value);
  });
  return make("div", { class: "pw-settings" }, make("label", {}, "Bits ", view.input), ...networkSettings(view, model),
    view.message);
}

function showProblem(view, problem) {
  view.message.textContent = problem;
  view.input.setAttribute("aria-invalid", String(problem !== ""));
}

function paintStringSettings(view, model) {
  if (view.input.value !== model.get("bits")) view.input.value = model.get("bits");
  showProblem(view, "");
  view.network.choose(model.get("network"));
}

// --- the forward pass -------------------------------------------------------

const sigmoid = (v) => 1 / (1 + Math.exp(-v));
const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/**
 * Run a network, in the form of `weights` in base.py, over bits. Returns an entry { h, c, a, gates, logit } for the
 * start and for each time step. `a` has the pre-activations and `c` an LSTM's cell state; `gates` has the gates and
 * the candidate of a gated cell by PyTorch's letters.
 */
function forward(network, bits) {
  const zeros = network.output.map(() => 0), steps = [{ h: zeros, c: zeros }];
  for (const x of bits) {
    const next = cellStep(network, x, steps.at(-1));
    next.logit = dot(network.output, next.h) + network.bias;
    steps.push(next);
  }
  return steps;
}

function cellStep({ cell, matrix }, x, { h, c }) {
  const state = [...h, x, 1, 1], a = matrix.map((row) => dot(row, state)), size = h.length;
  const block = (k, squash = (v) => v) => a.slice(k * size, (k + 1) * size).map(squash);
  if (cell === "lstm") {
    const [i, f, g, o] = [block(0, sigmoid), block(1, sigmoid), block(2, Math.tanh), block(3, sigmoid)];
    const next = c.map((v, k) => f[k] * v + i[k] * g[k]);
    return { c: next, h: next.map((v, k) => o[k] * Math.tanh(v)), gates: { i, f, g, o } };
  }
  if (cell === "gru") {
    const [r, z, fromInput, fromState] = [block(0, sigmoid), block(1, sigmoid), block(2), block(3)];
    const n = fromInput.map((v, k) => Math.tanh(v + r[k] * fromState[k]));
    return { h: n.map((v, k) => (1 - z[k]) * v + z[k] * h[k]), gates: { r, z, n } };
  }
  return { a, h: a.map(cell === "tanh" ? Math.tanh : (v) => Math.max(v, 0)) };
}
