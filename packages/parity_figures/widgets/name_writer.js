// A GRU that invents names of towns: the probabilities of each letter before it is drawn, and the name that they form.

import { buttonRow, make, makeSelect, makeSlider, play, save, stop, wantsLessMotion, widgetOf,
         widgetRoot } from "./shared.js";
import { cellStep, dot } from "./forward_pass.js";

const TRAITS = ["country", "beginning", "written", "temperature", "invented"];
const SHOWN = 5; // characters whose probabilities are drawn
const RARE = 0.001; // a smaller probability is hidden
const MOST = 24, LISTED = 60; // characters of a name, and names that are listed
const PAUSE = 600, FLIGHT = 350; // ms between two characters, and ms in which one travels from its bar into the name
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

/** Write `count` characters at once, or fewer if the name ends. */
function write(view, model, count) {
  let written = begun(model);
  for (let i = 0; i < count && !written.endsWith(END); i++)
    written += draw(view, model, model.get("beginning") + written);
  keep(view, model, written);
}

/** Draw a character and let it join the name. */
function writeOne(view, model) {
  view.join?.(); // the character before
  const before = begun(model);
  save(model, { written: before });
  join(view, model, draw(view, model, model.get("beginning") + before));
}

/** Let a character travel from its bar to the end of the name, at once if the reader wants less motion. */
function join(view, model, character) {
  const written = begun(model) + character;
  if (wantsLessMotion()) return keep(view, model, written);
  view.drawn = character;
  view.join = () => keep(view, model, written);
  view.flight = setTimeout(view.join, FLIGHT);
  paint(view, model);
}

/** Stop writing, and forget a character that has not joined the name. */
function halt(view) {
  stop(view);
  clearTimeout(view.flight);
  view.drawn = view.join = null;
}

/** Save what has been written, and list it as a name if it has ended. */
function keep(view, model, written) {
  const [country, beginning, , temperature, invented] = TRAITS.map((trait) => model.get(trait));
  clearTimeout(view.flight);
  view.drawn = view.join = null;
  if (!written.endsWith(END)) return save(model, { written });
  stop(view);
  const entry = [beginning + written.slice(0, -1), country, temperature];
  save(model, { written, invented: [entry, ...invented].slice(0, LISTED) });
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function build(model, net, towns) {
  const countries = model.get("countries"), small = model.get("small");
  const view = { net, towns, known: "", timer: null, states: [Array(net.size).fill(0)] };
  view.symbols = [...model.get("characters"), ...countries.map(([code]) => code)];
  const restart = (changes) => { halt(view); save(model, { written: "", ...changes }); };
  view.country = makeSelect("", countries, (country) => restart({ country }));
  view.country.select.ariaLabel = "Country";
  view.name = make("input", { class: "pw-input pw-page", type: "text", "aria-label": "Name", maxlength: MOST,
    readonly: small, autocomplete: "off", spellcheck: "false", autocapitalize: "none",
    placeholder: small ? "" : "type a beginning", oninput: () => {
      const typed = [...view.name.value.toLowerCase().normalize("NFD")]; // without accents
      restart({ beginning: typed.filter((letter) => model.get("characters").includes(letter)).join("") });
    } });
  view.flying = make("span", { class: "pw-flying", "aria-hidden": "true" });
  view.slider = makeSlider({ min: 0.1, max: 2, step: 0.1 }, (temperature) => save(model, { temperature }));
  view.value = make("span", { class: "pw-value" });
  const whole = () => play(view, MOST, () => PAUSE, (count) =>
    (count > 1 ? write(view, model, count) : writeOne(view, model)));
  const { row } = buttonRow(small ? [["Invent a name", whole]] : [
    ["One letter", () => { stop(view); writeOne(view, model); }],
    ["Invent a name", whole],
    ["Invent ten", () => { halt(view); for (let i = 0; i < 10; i++) write(view, model, MOST); }]],
    small ? "Invent a name" : "One letter");
  view.told = make("p", { class: "pw-heard" });
  const choose = (letter) => {
    view.join?.();
    stop(view);
    const before = model.get("written");
    if (letter === END && (before.endsWith(END) || !view.name.value)) return; // a name ends once
    save(model, { written: before.replace(END, "") });
    join(view, model, letter);
  };
  view.rows = Array.from({ length: SHOWN + 1 }, (_, place) => make("li", {}, small || place === SHOWN ? make("div") :
    make("button", { type: "button", onclick: () => choose(view.ranked[place][1]) })));
  view.list = make("ul", { class: "pw-names", tabindex: "0", "aria-label": "Invented names" });
  view.count = make("p", { class: "pw-legend", role: "status" });
  view.root = widgetRoot("A network that invents names",
    make("div", { class: "pw-settings" }, view.country.select, small ? row :
      make("label", {}, "Temperature ", view.slider, view.value)),
    small ? "" : row, make("div", { class: "pw-line" }, view.name, view.flying), view.told,
    make("div", { class: "pw-columns" },
      make("ol", { class: "pw-chances", "aria-label": "The most likely characters" }, ...view.rows),
      make("div", {}, view.list, small ? "" : view.count)));
  return view;
}

function paint(view, model) {
  const [country, beginning, written, temperature, invented] = TRAITS.map((trait) => model.get(trait));
  const ended = written.endsWith(END), name = beginning + written.replace(END, "");
  const shares = chances(view, model, name);
  view.country.choose(country);
  if (view.name.value !== name) view.name.value = name;
  view.name.classList.toggle("pw-ended", ended);
  view.slider.value = temperature;
  view.value.textContent = temperature.toFixed(1);
  view.ranked = shares.map((share, k) => [share, model.get("characters")[k]]).sort((a, b) => b[0] - a[0]);
  const [[share, first]] = view.ranked;
  view.told.ariaLive = view.timer ? "off" : "polite"; // a screen reader hears the whole name, not each letter
  view.told.textContent = ended ? `The name ends here: “${name}”.` :
    `The most likely ${name ? "next" : "first"} character is ${WORDS[first] ?? first}, with ${percent(share)}.`;
  const others = view.ranked.slice(SHOWN).reduce((sum, [share]) => sum + share, 0);
  const drawn = view.drawn ?? (ended ? END : null);
  const placeOfDrawn = view.ranked.findIndex(([, letter]) => letter === drawn);
  view.flying.textContent = "";
  view.rows.forEach((row, place) => {
    const [share, letter] = place < SHOWN ? view.ranked[place] : [others, `${shares.length - SHOWN} others`];
    const isDrawn = drawn !== null && Math.min(placeOfDrawn, SHOWN) === place; // others are in the last row
    row.className = isDrawn ? "pw-drawn" : share < RARE ? "pw-rare" : "";
    row.style.setProperty("--share", share);
    row.firstChild.replaceChildren(make("span", { class: "pw-bar" }),
      make("span", { class: "pw-letter" }, WORDS[letter] ?? letter),
      isDrawn ? make("b", { role: "img", "aria-label": "drawn" }, "←") : "",
      make("span", { class: "pw-share" }, percent(share)));
    if (isDrawn && view.drawn) fly(view.flying, row.querySelector(".pw-letter"), name.length, drawn);
  });
  const exists = ([town, code]) => view.towns && view.towns.has(`${code} ${town}`);
  view.list.replaceChildren(...invented.map((entry) => make("li", {}, entry[0],
    make("small", {}, ` ${entry[1]}${view.towns ? `, ${entry[2].toFixed(1)}` : ""}`),
    exists(entry) ? make("b", { role: "img", "aria-label": "in our list" }, " ✓") : "")));
  view.count.textContent = view.towns && "✓ marks a name in our list of " +
    `${view.towns.size.toLocaleString("en")} towns: ${invented.filter(exists).length} of ${invented.length}`;
}

/** Show a character on its way from a letter's place to the end of a name of `length` characters. */
function fly(element, letter, length, character) {
  element.textContent = character === END ? "" : character;
  element.style.setProperty("--length", length);
  const from = letter.getBoundingClientRect(), to = element.getBoundingClientRect();
  const start = { opacity: 1, transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` };
  const options = { duration: FLIGHT, easing: "ease-in-out", fill: "forwards" };
  element.animate([start, { opacity: 1, transform: "none" }], options);
}
