// A GRU that invents names of towns: the probabilities of each letter before it is drawn, and colours of a hidden unit.

import { buttonRow, make, makeSelect, makeSlider, play, save, stop, tint, wantsLessMotion, widgetOf, widgetRoot } from "./shared.js";
import { cellStep, dot } from "./forward_pass.js";

const TRAITS = ["country", "beginning", "written", "temperature", "invented", "unit"];
const SHOWN = 5; // characters whose probabilities are drawn
const MOST = 30, LISTED = 60; // characters of a name, and names that are shown
const EXAMPLES = { Kuusank: "FI", Neuenb: "DE" }; // the chapter asks how these continue
const PAUSE = 500, LIT = 200; // ms between two characters, and ms for which the bar of one is lit before it is written
const END = "\n", WORDS = { " ": "space", "-": "hyphen", "'": "apostrophe", [END]: "the end" };

export default { async render(context) {
  const { model } = context, [matrix, readout] = await Promise.all(model.get("arrays").map(rowsOf));
  const net = { cell: "gru", matrix, readout, size: readout[0].length - 1 };
  const towns = model.get("towns") && new Set((await (await unpacked(model.get("towns"))).text()).split("\n"));
  return widgetOf(TRAITS, () => build(model, net, towns), paint, halt).render(context);
} };

/** Return what zlib has compressed; the text contains it in base64. */
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")));
}

/** Return the rows of an array of the network: 8-bit integers, times a unit. */
async function rowsOf({ unit, data, rows }) {
  const integers = new Int8Array(await (await unpacked(data)).arrayBuffer()), width = integers.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    Array.from(integers.subarray(row * width, (row + 1) * width), (value) => value * unit));
}

/**
 * Return the probability of each character after a name: the softmax of the logits divided by the temperature. The
 * states at the start, after the country and after each character are kept; if a name goes on, only its end is read.
 */
function chances(view, model, name) {
  const symbols = [model.get("country"), ...name], key = symbols.join("");
  if (!key.startsWith(view.known)) view.states.length = 1;
  for (const symbol of symbols.slice(view.states.length - 1)) {
    const oneHot = view.symbols.map((each) => Number(each === symbol));
    view.states.push(cellStep(view.net, oneHot, { h: view.states.at(-1) }).h);
  }
  view.known = key;
  const logits = view.net.readout.map((row) => dot(row, [...view.states.at(-1), 1]) / model.get("temperature"));
  const most = Math.max(...logits), powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Return the beginning of the next name: what has been written, or nothing if that name has ended. */
const begun = (model) => (model.get("written").endsWith(END) ? "" : model.get("written"));

/** Draw the character that follows a name. No name is empty or too long. */
function draw(view, model, name) {
  let rest = Math.random();
  const place = chances(view, model, name).findIndex((share) => (rest -= share) < 0);
  return name.length >= MOST ? END : name || place ? model.get("characters").at(place) : draw(view, model, name);
}

/** Write `count` characters, or fewer if the name ends. */
function write(view, model, count) {
  let written = begun(model);
  for (let i = 0; i < count && !written.endsWith(END); i++)
    written += draw(view, model, model.get("beginning") + written);
  keep(view, model, written);
}

/** Draw a character, and show its bar for a moment before it joins the name, if the reader does not want less motion. */
function writeSlowly(view, model) {
  view.join?.(); // the character before
  if (wantsLessMotion()) return write(view, model, 1);
  const written = begun(model);
  save(model, { written });
  view.drawn = draw(view, model, model.get("beginning") + written);
  paint(view, model);
  view.join = () => keep(view, model, written + view.drawn);
  view.lit = setTimeout(view.join, LIT);
}

/** Stop writing, and forget a character that has not joined the name. */
function halt(view) {
  stop(view);
  clearTimeout(view.lit);
  view.drawn = view.join = null;
}

/** Save what has been written, and list it as a name if it has ended. */
function keep(view, model, written) {
  const [country, beginning, , temperature, invented] = TRAITS.map((trait) => model.get(trait));
  clearTimeout(view.lit);
  view.drawn = view.join = null;
  if (!written.endsWith(END)) return save(model, { written });
  stop(view);
  save(model, { written, invented: [[beginning + written.slice(0, -1), country, temperature], ...invented] });
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function build(model, net, towns) {
  const countries = model.get("countries"), small = model.get("small"), units = model.get("units");
  const view = { net, towns, known: "", timer: null, states: [Array(net.size).fill(0)] };
  view.symbols = [...model.get("characters"), ...countries.map(([code]) => code)];
  const restart = (changes) => { halt(view); view.message.textContent = ""; save(model, { written: "", ...changes }); };
  view.country = makeSelect("Country", countries, (country) => restart({ country }));
  view.message = make("p", { class: "pw-message", role: "alert" });
  view.input = make("input", { class: "pw-input pw-bits", type: "text", maxlength: 20, autocomplete: "off",
    spellcheck: "false", autocapitalize: "none", oninput: () => {
      const typed = [...view.input.value.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")]; // without accents
      const beginning = typed.filter((letter) => model.get("characters").includes(letter)).join("");
      restart({ beginning });
      view.message.textContent = beginning.length < typed.length ?
        "The names consist of the letters a to z, spaces, hyphens and apostrophes. Everything else was left out." : "";
    } });
  view.slider = makeSlider({ min: 0.1, max: 2, step: 0.1 }, (temperature) => save(model, { temperature }));
  view.value = make("span", { class: "pw-value" });
  const examples = buttonRow(Object.entries(EXAMPLES).map(([name, country]) =>
    [name, () => restart({ country, beginning: name.toLowerCase() })])).row;
  examples.prepend("Try");
  const whole = () => play(view, MOST, () => PAUSE, (count) =>
    (count > 1 ? write(view, model, count) : writeSlowly(view, model)));
  const { row } = buttonRow(small ? [["Invent a name", whole]] : [
    ["One letter", () => { stop(view); writeSlowly(view, model); }],
    ["Invent a name", whole],
    ["Invent ten", () => { halt(view); for (let i = 0; i < 10; i++) write(view, model, MOST); }],
    ["Start again", () => restart({ invented: [] })]], small ? "Invent a name" : "One letter");
  view.name = make("p", { class: "pw-page" });
  view.told = make("p");
  const choose = (letter) => {
    const before = model.get("written"), again = before.endsWith(END) || !(model.get("beginning") + before);
    halt(view);
    if (letter !== END || !again) keep(view, model, before.replace(END, "") + letter); // a name ends once
  };
  view.rows = Array.from({ length: SHOWN + 1 }, (_, place) => make("li", {}, small || place === SHOWN ? make("div") :
    make("button", { type: "button", onclick: () => choose(view.ranked[place][1]) })));
  view.bars = make("ol", { class: "pw-chances", "aria-label": "The most likely characters" }, ...view.rows);
  view.list = make("ul", { class: "pw-names", tabindex: "0", "aria-label": "Invented names" });
  view.count = make("p", { class: "pw-legend", role: "status" });
  view.legend = make("p", { class: "pw-legend" });
  view.panel = make("details", { class: "pw-more", ontoggle: () => paint(view, model) });
  const group = { type: "radio", name: `pw-unit-${Math.random()}` };
  const choice = make("div", { class: "pw-settings", role: "radiogroup", "aria-label": "Hidden unit" }, ...units.map(
    ({ name }, unit) => make("label", {}, make("input", { ...group, onchange: () => save(model, { unit }) }), name)));
  view.root = widgetRoot("A network that invents names",
    make("div", { class: "pw-settings" }, view.country.root, ...(small ? [row] : [
      make("label", {}, "Beginning ", view.input), examples, make("label", {}, "Temperature ", view.slider, view.value),
      view.message])),
    small ? "" : row, view.name, view.told, view.bars, small ? "" : view.count, view.list,
    units.length ? view.panel : "");
  view.panel.append(make("summary", {}, "What do single units do?"), choice, view.legend);
  view.radios = choice.querySelectorAll("input");
  return view;
}

function paint(view, model) {
  const [country, beginning, written, temperature, invented, place] = TRAITS.map((trait) => model.get(trait));
  const unit = view.panel.open && model.get("units")[place];
  const ended = written.endsWith(END), name = beginning + written.replace(END, "");
  const shares = chances(view, model, name);
  view.country.choose(country);
  if (view.input.value !== beginning) view.input.value = beginning;
  view.slider.value = temperature;
  view.value.textContent = temperature.toFixed(1);
  view.name.replaceChildren(...coloured(view, name, unit), make("b", { "aria-hidden": "true" }, ended ? "" : "_"));
  view.ranked = shares.map((share, k) => [share, model.get("characters")[k]]).sort((a, b) => b[0] - a[0]);
  const [[share, first]] = view.ranked;
  view.told.ariaLive = view.timer ? "off" : "polite"; // a screen reader hears the whole name, not each letter
  view.told.textContent = ended ? `The name ends here: “${name}”.` :
    `The most likely ${name ? "next" : "first"} character is ${WORDS[first] ?? first}, with ${percent(share)}.`;
  const others = view.ranked.slice(SHOWN).reduce((sum, [share]) => sum + share, 0);
  const drawn = view.drawn ?? (ended ? END : null), placeOfDrawn = view.ranked.findIndex(([, letter]) => letter === drawn);
  view.rows.forEach((row, place) => {
    const [share, letter] = place < SHOWN ? view.ranked[place] : [others, `${shares.length - SHOWN} others`];
    const isDrawn = drawn !== null && Math.min(placeOfDrawn, SHOWN) === place; // others are in the last row
    row.classList.toggle("pw-drawn", isDrawn);
    row.style.setProperty("--share", share);
    row.firstChild.replaceChildren(make("span", { class: "pw-letter" }, WORDS[letter] ?? letter),
      make("span", { class: "pw-bar" }), make("span", { class: "pw-share" }, percent(share)),
      isDrawn ? make("b", { role: "img", "aria-label": "drawn" }, "←") : "");
  });
  const exists = ([town, code]) => view.towns && view.towns.has(`${code} ${town}`);
  view.list.replaceChildren(...invented.slice(0, LISTED).map((entry) => make("li", {}, entry[0],
    make("small", {}, ` ${entry[1]}${view.towns ? `, ${entry[2].toFixed(1)}` : ""}`),
    exists(entry) ? make("b", { role: "img", "aria-label": "in our list" }, " ✓") : "")));
  view.count.textContent = view.towns && invented.length ? "After each name: its country, its temperature, and ✓ if " +
    `our list of ${view.towns.size.toLocaleString("en")} towns has it in that country ` +
    `(${invented.filter(exists).length} of ${invented.length} names).` +
    (invented.length > LISTED ? ` The last ${LISTED} names are shown.` : "") : "Invented names are listed here.";
  if (!unit) return;
  view.radios[place].checked = true;
  view.legend.textContent = `${unit.legend} The letters after which it is above zero are green, with a ` +
    "line below; the others are purple, with a line above.";
}

/** Return an element for each character of a name, in the colour of the chosen unit after it, if there is one. */
const coloured = ({ states }, name, unit) => [...name].map((character, t) => {
  const element = make("span", {}, character);
  if (unit) tint(element, states[t + 2][unit.number], 1);
  return element;
});
