// A GRU that continues a text: type a beginning, choose a temperature, and see its hidden state and the probabilities
// of the next character.

const SHOWN = 5; // characters whose probabilities are drawn
const AT_ONCE = 100, MOST = 600;
const MUCH = 0.5; // the change of a unit from which it is marked; a unit is between -1 and 1
const PAUSE = 40; // ms between two characters, so that a hundred take less than five seconds
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

/** Bring view.h up to date with a text. Only what is new is read, if the text continues the last one. */
function read(view, model, text) {
  const known = text.startsWith(view.known) ? view.known.length : 0;
  if (!known) view.h = new Float64Array(view.net.size);
  for (const character of text.slice(known)) {
    view.before = view.h;
    view.h = nextState(view.net, view.h, model.get("characters").indexOf(character));
  }
  view.known = text;
  return chances(view.net, view.h, model.get("temperature"));
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const all = (model) => `\n${model.get("text")}${model.get("written")}`;

function write(view, model, count) {
  let written = model.get("written");
  for (let i = 0; i < count && written.length < MOST; i++) {
    let rest = Math.random();
    const shares = read(view, model, `\n${model.get("text")}${written}`);
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
  const view = { known: "", timer: null };
  view.net = { U, V, inputBias, stateBias, W, bias, count: bias.length, size: stateBias.length / 3 };
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
  view.bars = make("ol", { class: "pw-chances", "aria-label": "The most likely next characters" });
  view.cells = Array.from({ length: view.net.size }, () => make("i"));
  view.units = make("div", { class: "pw-units", role: "img" }, ...view.cells);
  view.ofUnits = make("p", { class: "pw-legend" });
  view.root = widgetRoot("A network that writes",
    make("div", { class: "pw-settings" }, make("label", {}, "Beginning ", view.input),
      make("label", {}, "Temperature ", view.slider, view.value), view.message),
    row, make("p", { class: "pw-page" }, view.beginning, view.written), view.told, view.bars,
    view.units, view.ofUnits);
  return view;
}

function paint(view, model) {
  const temperature = model.get("temperature"), shares = read(view, model, all(model));
  if (view.input.value !== model.get("text")) view.input.value = model.get("text");
  view.slider.value = temperature;
  view.value.textContent = temperature.toFixed(1);
  view.beginning.textContent = model.get("text");
  view.written.textContent = model.get("written");
  setAvailable(view.buttons["Start again"], model.get("written") !== "");
  const full = model.get("written").length >= MOST;
  for (const name of ["Next character", `Write ${AT_ONCE}`]) setAvailable(view.buttons[name], !full);
  const ranked = shares.map((share, k) => [share, model.get("characters")[k]]).sort((a, b) => b[0] - a[0]);
  const [[share, first]] = ranked;
  view.told.ariaLive = view.timer ? "off" : "polite"; // a screen reader hears the last of many characters
  view.told.textContent = "The next character is drawn at random. The most likely one is " +
    `${NAMES[first] ?? first}, with ${percent(share)}.`;
  const others = ranked.slice(SHOWN).reduce((sum, [share]) => sum + share, 0);
  view.bars.replaceChildren(...[...ranked.slice(0, SHOWN), [others, `${ranked.length - SHOWN} others`]].map(
    ([share, character]) => make("li", {}, make("span", { class: "pw-letter" }, NAMES[character] ?? character),
      make("span", { class: "pw-bar", style: `width: ${(60 * share).toFixed(2)}%` }),
      make("span", { class: "pw-share" }, percent(share)))));
  const changed = view.cells.filter((cell, k) => {
    tint(cell, view.h[k], 1);
    return cell.classList.toggle("pw-changed", Math.abs(view.h[k] - view.before[k]) > MUCH);
  }).length;
  const last = view.known.at(-1);
  view.units.setAttribute("aria-label", "The network remembers the text so far in " +
    `${view.h.length} hidden units, ${view.h.filter((value) => value > 0).length} of which are positive.`);
  view.ofUnits.textContent = "These hidden units are all that the network remembers of the text. A bar goes up if " +
    `its unit is positive and down if it is negative. The last character (${NAMES[last] ?? last}) changed ${changed} ` +
    `of the ${view.h.length} units by more than one half; these are shaded.`;
}
