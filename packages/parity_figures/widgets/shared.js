// Building blocks of all interactive figures, the files NAME.js in this folder: elements, controls, numbers in words,
// bits and answers, and the settings of a figure that reads a string. A page gets a figure as one text, which cannot
// load another file, so front_end in base.py puts the files that a figure names at its top in front of it.

// --- elements ---------------------------------------------------------------

const FOCUSABLE = ["button", "input", "select", "textarea"];

/** Create an HTML element: make("button", { class: "a", onclick: f }, "text"). False and null omit an attribute. */
export function make(tag, attributes = {}, ...children) {
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
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const svgText = (x, y, content, anchor = "middle", name = "") =>
  svg("text", { x, y, "text-anchor": anchor, class: name }, content);
export const svgLine = (name, x1, y1, x2, y2) => svg("line", { class: name, x1, y1, x2, y2 });
export const svgPath = (name, points) => svg("polyline", { class: name, points: points.join(" ") }); // points as "x,y"

/** Draw the frame of a square plane, the names of its axes, and whole numbers. `place` is that of `halfPlane`. */
export function squareAxes(place, size, across, up) {
  const visible = (v) => v > 0.025 * size && v < 0.975 * size, upwards = svgText(0, 0, up);
  upwards.setAttribute("transform", `translate(-33 ${size / 2}) rotate(-90)`);
  return [svg("rect", { class: "pw-frame", width: size, height: size }),
    ...[-3, -2, -1, 0, 1, 2, 3].flatMap((tick) => {
      const [x, y] = place([tick, tick]), text = fixed(tick, 0);
      return [visible(x) ? svgText(x, size + 17, text) : "", visible(y) ? svgText(-6, y + 5, text, "end") : ""];
    }), svgText(size / 2, size + 34, across, "middle", "pw-across"), upwards];
}

/**
 * Draw the two sides of the line on which a * x + b * y + c is 0, the positive one for the answer odd, in a square
 * drawing. `place` converts a place in the plane to one in the drawing.
 */
export function halfPlane([a, b, c], place, side) {
  const square = a * a + b * b, far = 999 / Math.sqrt(square);
  const at = (along, away) => place([far * (away * a - along * b) - (c * a) / square,
                                     far * (away * b + along * a) - (c * b) / square]);
  const region = (name) => svg("rect", { class: `pw-${name}-region`, width: side, height: side });
  if (!square) return [region(c > 0 ? "odd" : "even")];
  return [svg("svg", { width: side, height: side }, region("even"), // clips the other two
    svg("polygon", { class: "pw-odd-region", points: [at(-1, 0), at(1, 0), at(1, 1), at(-1, 1)].join(" ") }),
    svgLine("pw-readout", ...at(-1, 0), ...at(1, 0)))];
}

/** Create the outermost element of a widget; screen readers announce it by its label. */
export const widgetRoot = (label, ...children) =>
  make("div", { class: "parity-widget", role: "group", "aria-label": label }, ...children);

/** Return a widget that is built once and painted at the start and after each change of one of these traits. */
export function widgetOf(traits, build, paint, stop = () => {}) {
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

/** Call an action when its key, in lower case, is pressed in an element or the document, but not in a text field. */
export const onKeys = (element, actions) => element.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio]), select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  actions[event.key.toLowerCase()]?.(event);
});

/** Create a row of buttons from [label, action] pairs. The buttons are returned by their labels. */
export function buttonRow(pairs, primary) {
  const buttons = {};
  for (const [label, action] of pairs) {
    const name = label === primary ? "pw-button pw-primary" : "pw-button";
    buttons[label] = make("button", { type: "button", class: name, onclick: action }, label);
  }
  return { row: make("div", { class: "pw-buttons" }, ...Object.values(buttons)), buttons };
}

/** Add a text that counts something to the end of a row of buttons. */
export const addCount = (row) => row.appendChild(make("span", { class: "pw-count" }));

/** Show a button as unavailable but keep it focusable, because disabling it would move the keyboard focus. */
export const setAvailable = (button, available) => button.setAttribute("aria-disabled", String(!available));

/** Create a slider that passes its value to `onchange`. */
export function makeSlider(attributes, onchange) {
  const slider = make("input", { type: "range", class: "pw-slider", ...attributes,
                                 oninput: () => onchange(Number(slider.value)) });
  return slider;
}

/**
 * Create a labelled list of [value, name] pairs that passes the value of the chosen one to `onchange`. Values may be
 * anything that JSON can represent; `choose(value)` chooses one, or none if the list does not contain it.
 */
export function makeSelect(label, pairs, onchange) {
  const select = make("select", { class: "pw-input", onchange: () => onchange(JSON.parse(select.value)) },
    ...pairs.map(([value, name]) => make("option", { value: JSON.stringify(value) }, name)));
  const choose = (value) => (select.value = JSON.stringify(value));
  return { select, choose, root: make("label", {}, `${label} `, select) };
}

/** Create x with a subscript: symbol("x", 3). */
export const symbol = (letter, index) =>
  make("span", { class: "pw-symbol" }, make("i", {}, letter), make("sub", {}, String(index)));

/**
 * Create a folded table. `rows()` returns lists of texts, the column names first; it is called when the table is opened
 * and at each `paint()` while it is open. `label` names the table for screen readers.
 */
export function numbersTable(label, rows) {
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

export const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** End the steps that a widget takes by a timer. */
export function stop(view) {
  clearTimeout(view.timer);
  view.timer = null;
}

/**
 * Call `advance(1)` `count` times, the first time at once, or `advance(count)` if the reader wants less motion. `pause`
 * returns the milliseconds before the next step, of as many as are left. The last step is made without a timer.
 */
export function play(view, count, pause, advance) {
  stop(view);
  if (wantsLessMotion() || count < 2) return advance(count);
  const next = (left) => {
    view.timer = left ? setTimeout(() => next(left - 1), pause(left)) : null;
    advance(1);
  };
  next(count - 1);
}

// --- numbers ----------------------------------------------------------------

/** Format a number with a minus sign, and with fewer decimals if it is large. */
export function fixed(value, decimals = 2) {
  const size = Math.abs(value);
  if (size >= 1e5) return value.toExponential(1).replace("-", "−");
  const text = value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? Math.min(decimals, 1) : decimals);
  return text.replace("-", Number(text) === 0 ? "" : "−");
}

/** Format a vector: (0.99, −0.99). */
export const vector = (values) => (values.length === 1 ? fixed(values[0]) : `(${values.map((v) => fixed(v)).join(", ")})`);

/** Count with a noun: 1 zero, 1,200 zeros. */
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

export const superscript = (power) => [...String(power)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("");
export const subscript = (letter, t) => letter + [...String(t)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** Tell the style sheet the sign of a value and its share of the largest. */
export function tint(element, value, largest) {
  const share = Math.min(Math.abs(value) / largest, 1);
  element.style.setProperty("--share", share.toFixed(3));
  element.dataset.sign = share < 0.0005 ? "zero" : value > 0 ? "plus" : "minus";
}

// --- bits and answers -------------------------------------------------------

export const digits = (bits) => [...bits].map(Number);
export const onesIn = (bits) => digits(bits).reduce((sum, bit) => sum + bit, 0);
export const parityName = (count) => (count % 2 ? "odd" : "even");
export const answerOf = (logit) => (logit > 0 ? "odd" : "even");

/** Create the mark of a correct or a wrong answer. */
export const correctness = (correct) =>
  make("span", { class: "pw-mark", role: "img", "aria-label": correct ? "correct" : "wrong" }, correct ? "✓" : "✗");

// --- the model: networks that read a string ---------------------------------

/** Change several traits at once, here and in Python. */
export function save(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

export const currentNetwork = (model) => model.get("networks")[model.get("network")];

const bitsIn = (text) => text.replace(/[^01]/g, "");

/** Create a list of the networks if there are several; a figure of a single network need not have any. */
export function networkSettings(view, model) {
  const labels = Object.keys(model.get("networks") ?? {});
  view.network = makeSelect("Network", labels.map((label) => [label, label]),
    (network) => save(model, { network }));
  return labels.length > 1 ? [view.network.root] : [];
}

/**
 * Create a field for the bits and a list of the networks. `onbits` gets each string of an allowed length. The field
 * leaves out what is no bit or too much, so that it has the bits of the drawing unless it is too short.
 */
export function stringSettings(view, model, least, most, onbits) {
  view.message = make("p", { class: "pw-message", role: "alert", id: `pw-${Math.random().toString(36).slice(2)}` });
  view.input = make("input", { class: "pw-input pw-bits", type: "text", "aria-label": "Bits", inputmode: "numeric",
                               autocomplete: "off", spellcheck: "false", "aria-describedby": view.message.id });
  view.input.addEventListener("input", () => {
    const { value, selectionStart } = view.input, bits = bitsIn(value).slice(0, most), short = bits.length < least;
    if (bits !== value) {
      view.input.value = bits;
      view.input.selectionStart = view.input.selectionEnd = bitsIn(value.slice(0, selectionStart)).length;
    }
    if (!short) onbits(bits);
    showProblem(view, short ? `Type ${least} to ${most} bits, each 0 or 1.` : bits === value ? "" :
      `At most ${most} bits fit here, each 0 or 1. Everything else was left out.`, short);
  });
  return make("div", { class: "pw-settings" }, make("label", {}, "Bits ", view.input), ...networkSettings(view, model),
    view.message);
}

function showProblem(view, problem, invalid = false) {
  view.message.textContent = problem;
  view.input.setAttribute("aria-invalid", String(invalid));
}

export function paintStringSettings(view, model) {
  if (view.input.value !== model.get("bits")) view.input.value = model.get("bits");
  showProblem(view, "");
  view.network.choose(model.get("network"));
}
