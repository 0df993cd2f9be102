// A GRU that continues a text: type a beginning, choose a temperature, and see the probabilities of a character, and
// the text in the colours of a hidden unit.

const SHOWN = 5; // characters whose probabilities are drawn
const AT_ONCE = 100, MOST = 600;
const PAUSE = 40; // ms between two characters, so that a hundred take less than five seconds
const BEGINNINGS = { "… has vani": "after fifty time steps the gradient has vani",
                     "… network on the": "we train the network on the " };
const NAMES = { " ": "space", "\n": "new line" };

export default widgetOf(["text", "written", "temperature"], build, paint, stop);

/** Return an array of the network: 16-bit integers in base64, times a unit. */
function unpacked({ unit, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return Float64Array.from(new Int16Array(bytes.buffer), (value) => value * unit);
}

/** Multiply row `row` of a matrix by a vector. */
function rowTimes(matrix, row, vector) {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += matrix[row * vector.length + i] * vector[i];
  return sum;
}

/** Return the state of the GRU after it has read character number `index`; a one-hot input chooses a column of U. */
function nextState({ U, V, inputBias, stateBias, size, count }, h, index) {
  const fromInput = (row) => U[row * count + index] + inputBias[row];
  const fromState = (row) => rowTimes(V, row, h) + stateBias[row];
  return h.map((old, k) => {
    const r = sigmoid(fromInput(k) + fromState(k));
    const z = sigmoid(fromInput(size + k) + fromState(size + k));
    const n = Math.tanh(fromInput(2 * size + k) + r * fromState(2 * size + k));
    return (1 - z) * n + z * old;
  });
}

/** Return the softmax of the logits divided by the temperature. */
function chances({ W, bias }, h, temperature) {
  const logits = Array.from(bias, (value, k) => (rowTimes(W, k, h) + value) / temperature);
  const most = Math.max(...logits), powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Bring view.states, the state at the start and after each character, up to date with a text. Only what is new is read,
 * if the text continues the last one.
 */
function read(view, model, text) {
  if (!text.startsWith(view.known)) view.states.length = 1;
  for (const character of text.slice(view.states.length - 1))
    view.states.push(nextState(view.net, view.states.at(-1), model.get("characters").indexOf(character)));
  view.known = text;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function write(view, model, count) {
  let written = model.get("written");
  for (let i = 0; i < count && written.length < MOST; i++) {
    let rest = Math.random();
    read(view, model, `\n${model.get("text")}${written}`);
    const shares = chances(view.net, view.states.at(-1), model.get("temperature"));
    const drawn = shares.findIndex((share) => (rest -= share) < 0);
    written += model.get("characters").at(drawn);
  }
  save(model, { written });
}

/** Write characters one after another, so that the reader sees the hidden state change. */
function writeSlowly(view, model, count) {
  stop(view);
  if (wantsLessMotion()) return write(view, model, count);
  const end = Math.min(model.get("written").length + count, MOST);
  view.timer = setInterval(() => {
    if (model.get("written").length + 1 >= end) stop(view);
    write(view, model, 1);
  }, PAUSE);
}

function stop(view) {
  clearInterval(view.timer);
  view.timer = null;
}

function build(model) {
  const [U, V, inputBias, stateBias, W, bias] = model.get("arrays").map(unpacked);
  const view = { known: "", timer: null, unit: 0 };
  view.net = { U, V, inputBias, stateBias, W, bias, count: bias.length, size: stateBias.length / 3 };
  view.states = [new Float64Array(view.net.size)];
  const restart = (text) => {
    stop(view);
    save(model, { text, written: "" });
  };
  view.input = make("input", { class: "pw-input pw-beginning", type: "text", maxlength: 60, autocomplete: "off",
    spellcheck: "false", autocapitalize: "none", oninput: () => {
      const characters = model.get("characters").replace("\n", ""), typed = [...view.input.value.toLowerCase()];
      const unknown = [...new Set(typed.filter((letter) => !characters.includes(letter)))];
      const names = unknown.map((letter) => `“${letter}”`).join(" or ");
      const were = unknown.length > 1 ? "they were" : "it was";
      if (names) view.message.textContent = `The training text does not contain ${names}, so ${were} left out.`;
      const text = typed.filter((letter) => !unknown.includes(letter)).join("");
      if (names) view.kept = text;
      else if (!text || !(text.startsWith(view.kept) || view.kept?.startsWith(text))) // another text
        view.message.textContent = "";
      restart(text);
    } });
  view.message = make("p", { class: "pw-message", role: "alert" });
  view.slider = makeSlider({ min: 0.1, max: 2, step: 0.1 }, (temperature) => save(model, { temperature }));
  view.value = make("span", { class: "pw-value" });
  view.ofUnit = makeSlider({ min: 1, max: view.net.size, value: 1 }, (unit) => {
    view.unit = unit - 1;
    paint(view, model);
  });
  view.unitName = make("span", { class: "pw-value" });
  const choices = buttonRow(Object.entries(BEGINNINGS).map(([name, text]) => [name, () => restart(text)]));
  const { row, buttons } = buttonRow([
    ["Next character", () => { stop(view); write(view, model, 1); }],
    [`Write ${AT_ONCE}`, () => writeSlowly(view, model, AT_ONCE)],
    ["Start again", () => restart(model.get("text"))],
  ], "Next character");
  row.classList.add("pw-sticky-on-phone");
  view.buttons = buttons;
  view.beginning = make("b");
  view.written = make("span");
  view.told = make("p", { class: "pw-told" });
  view.bars = make("ol", { class: "pw-chances", "aria-label": "The most likely characters" });
  view.root = widgetRoot("A network that writes",
    make("div", { class: "pw-settings" }, make("label", {}, "Beginning ", view.input), choices.row,
      make("label", {}, "Temperature ", view.slider, view.value), view.message),
    row, make("p", { class: "pw-page" }, view.beginning, view.written), view.told, view.bars,
    make("label", {}, "Hidden unit ", view.ofUnit, view.unitName),
    make("p", { class: "pw-legend" }, "The text is coloured by this hidden unit: green with a line below where it is ",
      "positive, and purple with a line above where it is negative."));
  return view;
}

function paint(view, model) {
  const text = model.get("text"), written = model.get("written"), drawn = written.at(-1);
  const temperature = model.get("temperature");
  read(view, model, `\n${text}${written}`);
  const shares = chances(view.net, view.states.at(drawn ? -2 : -1), temperature);
  if (view.input.value !== text) view.input.value = text;
  view.slider.value = temperature;
  view.value.textContent = temperature.toFixed(1);
  view.unitName.textContent = `${view.unit + 1} of ${view.net.size}`;
  view.beginning.replaceChildren(...coloured(view, text, 1));
  view.written.replaceChildren(...coloured(view, written, 1 + text.length));
  setAvailable(view.buttons["Start again"], written !== "");
  const full = written.length >= MOST;
  for (const name of ["Next character", `Write ${AT_ONCE}`]) setAvailable(view.buttons[name], !full);
  const ranked = shares.map((share, k) => [share, model.get("characters")[k]]).sort((a, b) => b[0] - a[0]);
  const [[share, first]] = ranked;
  view.told.ariaLive = view.timer ? "off" : "polite"; // a screen reader hears the last of many characters
  view.told.textContent = drawn ? "These are the probabilities for the last character; the one drawn is marked." :
    `The next character is drawn at random. The most likely one is ${NAMES[first] ?? first}, with ${percent(share)}.`;
  const likely = ranked.slice(0, SHOWN), others = ranked.slice(SHOWN);
  const mark = (chosen, text) => (chosen ? make("b", {}, ` ← ${text}`) : "");
  const bar = (name, share, marked) => make("li", { style: `--share: ${share}` },
    make("span", { class: "pw-letter" }, name), make("span", { class: "pw-bar" }),
    make("span", { class: "pw-share" }, percent(share)), marked);
  view.bars.replaceChildren(...likely.map(([share, character]) =>
    bar(NAMES[character] ?? character, share, mark(character === drawn, "drawn"))),
    bar(`${others.length} others`, others.reduce((sum, [share]) => sum + share, 0),
      mark(others.some(([, character]) => character === drawn), `drawn: ${NAMES[drawn] ?? drawn}`)));
}

/** Return an element for each character of a text, in the colour of the unit after it; the text begins at `start`. */
const coloured = ({ states, unit }, text, start) => [...text].map((character, t) => {
  const element = make("i", {}, character);
  tint(element, states[start + t + 1][unit], 1);
  return element;
});
