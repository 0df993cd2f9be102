// What several widgets need. Python puts this text in front of each widget's own
// (base.py), so every name here is in scope there and nothing is imported.

// --- elements ---------------------------------------------------------------

const FOCUSABLE = ["button", "input", "select", "textarea"];

/** An element: make("button", { class: "a", onclick: f }, "text", child). False and null leave an attribute out. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  // JupyterLab takes keys for its own shortcuts unless the very element that has the focus says no: x would cut the cell.
  if (FOCUSABLE.includes(tag) || "tabindex" in attributes) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children);
  return element;
}

/** An element of a drawing: svg("line", { x1: 0 }). */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Words in a drawing. */
const svgText = (x, y, content, anchor = "middle") => svg("text", { x, y, "text-anchor": anchor }, content);

/** A line in a drawing through points that are written "x,y". */
const svgLine = (name, points) => svg("polyline", { class: name, points: points.join(" ") });

/** A square plot, the same numbers on both axes; a cobweb goes from each value to the curve, then to the diagonal. */
function squarePlot(size, low, high) {
  const at = (value) => ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * size;
  const point = (x, y) => `${at(x).toFixed(1)},${(size - at(y)).toFixed(1)}`;
  const grid = Array.from({ length: 241 }, (_, i) => low + ((high - low) * i) / 240);
  const diagonal = [point(low, low), point(high, high)];
  const cobweb = (values) => [point(values[0], values[0]),
    ...values.slice(1).flatMap((value, t) => [point(values[t], value), point(value, value)])];
  return { at, point, grid, diagonal, cobweb };
}

/** The outermost element of a widget, named for people who do not see it. */
function widgetRoot(label, ...children) {
  return make("div", { class: "parity-widget", role: "group", "aria-label": label }, ...children);
}

/** A widget that is built once, and painted at first and whenever a trait of these names changes, by whomever. */
function followed(names, build, paint, stop = () => {}) {
  const render = ({ model, el }) => {
    const view = build(model), update = () => paint(view, model);
    el.append(view.root);
    names.forEach((name) => model.on(`change:${name}`, update));
    update();
    return () => {
      stop(view);
      names.forEach((name) => model.off(`change:${name}`, update));
    };
  };
  return { render };
}

/** A row of buttons from [label, action] pairs; the elements are returned by label. */
function buttonRow(pairs) {
  const buttons = {};
  for (const [label, action] of pairs)
    buttons[label] = make("button", { type: "button", class: "pw-button", onclick: action }, label);
  return { row: make("div", { class: "pw-buttons" }, ...Object.values(buttons)), buttons };
}

/** Grey a button out but leave it focusable: a disabled button would drop the keyboard's place. */
function setAvailable(button, available) {
  button.setAttribute("aria-disabled", String(!available));
}

/** x with a subscript: symbol("x", 3). */
function symbol(letter, index) {
  return make("span", { class: "pw-symbol" }, make("i", {}, letter), make("sub", {}, String(index)));
}

/**
 * "The numbers", folded away: a table whose rows of texts, the names of the columns first, `rows` gives when it is
 * opened, and again for each `paint()` while it is open. `about` names it for people who do not see it.
 */
function numbersTable(about, rows) {
  const table = make("table", {});
  const line = (cells, tag) => make("tr", {}, ...cells.map((cell) => make(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  const paint = () => {
    if (root.open) table.replaceChildren(...rows().map((cells, i) => line(cells, i ? "td" : "th")));
  };
  const root = make("details", { class: "pw-more", ontoggle: paint }, make("summary", {}, "The numbers"),
    make("div", { class: "pw-numbers", tabindex: "0", role: "region", "aria-label": about }, table));
  return { root, paint };
}

const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// --- numbers ----------------------------------------------------------------

/** A number with fewer decimals the larger it is, a true minus sign, and no minus before zero. */
function fixed(value, digits = 2) {
  const size = Math.abs(value);
  if (size >= 1e5) return value.toExponential(1).replace("-", "−");
  const text = value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? Math.min(digits, 1) : digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** (0.99, −0.99); of a long vector the first three. */
function vector(values, most = 8) {
  const long = values.length > most;
  const written = (long ? values.slice(0, 3) : values).map((v) => fixed(v));
  if (long) written.push("…");
  return written.length === 1 ? written[0] : `(${written.join(", ")})`;
}

/** 1 zero, 1,200 zeros. */
const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** A probability that never claims to be exactly 0 or 1. */
function probability(p, digits = 2) {
  const least = 10 ** -digits;
  if (p < least) return `< ${least.toFixed(digits)}`;
  if (p > 1 - least) return `> ${(1 - least).toFixed(digits)}`;
  return p.toFixed(digits);
}

const superscript = (power) => [...String(power)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("");

/** Mark a cell with its value for the style sheet: its sign, its --share of the largest, the --side of such a square. */
function tint(element, value, largest) {
  const share = Math.min(Math.abs(value) / largest, 1);
  element.style.setProperty("--share", share.toFixed(3));
  element.style.setProperty("--side", Math.sqrt(share).toFixed(3));
  element.dataset.sign = share < 0.0005 ? "zero" : value > 0 ? "plus" : "minus";
}

// --- bits -------------------------------------------------------------------

/** The first sentence that says why this is no string of bits, or "" if it is one. */
function complaint(text, most) {
  const other = [...text].find((character) => character !== "0" && character !== "1");
  if (text === "") return `Type 1 to ${most} bits, each 0 or 1.`;
  if (other !== undefined) return `Only 0 and 1 are bits; ${other === " " ? "a space" : `“${other}”`} is neither.`;
  if (text.length > most) return `At most ${most} bits fit here; these are ${text.length}.`;
  return "";
}

const digits = (bits) => [...bits].map(Number);
const onesIn = (bits) => digits(bits).reduce((sum, bit) => sum + bit, 0);
const parityName = (count) => (count % 2 ? "odd" : "even");

// --- a net that reads a string ----------------------------------------------

/** Change several traits at once, here and in Python. */
function save(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

function goTo(model, step) {
  const inside = Math.max(0, Math.min(step, model.get("bits").length));
  if (inside !== model.get("step")) save(model, { step: inside });
}

function setBits(model, bits) {
  save(model, { bits, step: Math.min(model.get("step"), bits.length) });
}

function flip(model, index) {
  const bits = [...model.get("bits")];
  bits[index] = bits[index] === "1" ? "0" : "1";
  setBits(model, bits.join(""));
}

/** A field for the bits and a list of the nets, if there are several; `typed` gets each string that is allowed. */
function buildStringSettings(view, model, most, typed) {
  view.message = make("p", { class: "pw-message", role: "alert", id: `pw-message-${Math.random().toString(36).slice(2)}` });
  view.input = make("input", { class: "pw-input", type: "text", "aria-label": "Bits", inputmode: "numeric",
                               autocomplete: "off", spellcheck: "false", "aria-describedby": view.message.id });
  view.input.addEventListener("input", () => {
    const problem = complaint(view.input.value, most);
    showProblem(view, problem);
    if (!problem) typed(view.input.value);
  });
  view.select = make("select", { class: "pw-input", "aria-label": "Net",
                                 onchange: () => save(model, { net: view.select.value }) });
  const labels = Object.keys(model.get("weights"));
  view.select.append(...labels.map((label) => make("option", { value: label }, label)));
  const settings = [make("label", {}, "Bits ", view.input)];
  if (labels.length > 1) settings.push(make("label", {}, "Net ", view.select));
  return make("div", { class: "pw-settings" }, ...settings, view.message);
}

function showProblem(view, problem) {
  view.message.textContent = problem;
  view.input.setAttribute("aria-invalid", String(problem !== ""));
}

function paintStringSettings(view, model) {
  if (view.input.value !== model.get("bits")) view.input.value = model.get("bits");
  showProblem(view, "");
  view.select.value = model.get("net");
}

/** The answer in a box of its own: even is round, odd has corners; `logit` is null where nothing was computed yet. */
function paintVerdict(box, logit, ones) {
  if (logit === null) {
    box.className = "pw-verdict";
    box.replaceChildren(make("span", { class: "pw-says", title: "not computed yet" }, "?"));
    return;
  }
  const says = logit > 0 ? "odd" : "even";
  const right = says === parityName(ones);
  box.className = `pw-verdict pw-${says}${right ? "" : " pw-wrong"}`;
  const mark = make("span", { class: "pw-mark", role: "img", "aria-label": right ? "right" : "wrong" }, right ? "✓" : "✗");
  box.replaceChildren(make("span", { class: "pw-says" }, says, " ", mark),
                      make("span", { class: "pw-logit" }, fixed(logit)));
}

/** What the net says after the bits of `prefix`, and whether that is right. */
function judge(logit, prefix) {
  const says = logit > 0 ? "odd" : "even";
  const ones = onesIn(prefix);
  const truth = parityName(ones);
  const count = `${prefix} holds ${ones} ${ones === 1 ? "one" : "ones"}, and ${ones} is ${truth}.`;
  return ["It says ", make("b", {}, says), `. That is ${says === truth ? "right" : "wrong"}: ${count}`];
}

// --- the network ------------------------------------------------------------

const sigmoid = (v) => 1 / (1 + Math.exp(-v));
const relu = (v) => Math.max(v, 0);
const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/**
 * Run a net over bits. `net` is what `weights` in base.py makes; the result has one
 * entry a step, the start first: { h, before, logit }, where `before` is what
 * went into the activation. An LSTM's entries hold its cell state too, as `memory`;
 * both gated cells' hold their `gates` and their candidate by PyTorch's letters.
 */
function forward(net, bits) {
  const zeros = net.W[0].map(() => 0);
  const steps = [{ h: zeros, memory: zeros }];
  for (const x of bits) {
    const next = cellStep(net, x, steps.at(-1));
    next.logit = dot(net.W[0], next.h) + net.c[0];
    steps.push(next);
  }
  return steps;
}

function cellStep(net, x, { h, memory }) {
  const before = net.b.map((bias, i) => net.U[i][0] * x + dot(net.V[i], h) + bias);
  if (net.cell === "lstm") return lstmStep(before, memory);
  if (net.cell === "gru") return gruStep(net, x, h, before);
  return { before, h: before.map(net.cell === "tanh" ? Math.tanh : relu) };
}

/** The part of a vector that belongs to gate k, squashed. */
function gate(before, size, k, squash) {
  return before.slice(k * size, (k + 1) * size).map(squash);
}

function lstmStep(before, memory) {
  const size = memory.length;
  const [input, forget, output] = [0, 1, 3].map((k) => gate(before, size, k, sigmoid));
  const candidate = gate(before, size, 2, Math.tanh);
  const next = memory.map((v, i) => forget[i] * v + input[i] * candidate[i]);
  return { before, memory: next, h: next.map((v, i) => output[i] * Math.tanh(v)),
           gates: { i: input, f: forget, g: candidate, o: output } };
}

function gruStep(net, x, h, before) {
  const size = h.length;
  const [reset, update] = [0, 1].map((k) => gate(before, size, k, sigmoid));
  // The reset gate scales what comes from h, its bias d included, so `before` is of no use here.
  const candidate = reset.map((r, i) => {
    const row = 2 * size + i;
    return Math.tanh(net.U[row][0] * x + net.b[row] + r * (dot(net.V[row], h) + net.d[i]));
  });
  return { before, h: candidate.map((v, i) => (1 - update[i]) * v + update[i] * h[i]),
           gates: { r: reset, z: update, n: candidate } };
}
