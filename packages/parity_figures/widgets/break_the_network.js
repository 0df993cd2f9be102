// Twelve trained networks that read the reader's bits. The reader looks for a string after which an answer is wrong.

import {
  addCount, answerOf, buttonRow, counted, currentNetwork, digits, make, onesIn, onKeys, parityName, play, save,
  setAvailable, stop, svg, svgLine, svgPath, svgText, widgetOf, widgetRoot,
} from "./shared.js";
import { forward } from "./forward_pass.js";

const MOST_BITS = 200, ZEROS = 50;
const HONEST = 30; // bits that a certified network has to be sent before a proof is mentioned
const ENOUGH = 3; // strings after which the length of the shortest known one is mentioned
const PACE = 90, SLOWER = [900, 600, 420, 300, 200]; // ms before the next bit; if it is the first wrong one, 900
const USUAL = 0.65; // the height of an output of the usual size
const SAID = 10; // outputs that a screen reader reads
const LEFT = 52, BELOW = 26; // space for words and for the bits in the drawing
const STEP = [10, 26]; // space for a step: at least as much as a digit needs
const ADDRESS = /^#no=(\d+)&bits=([01]{1,200})$/;

export default widgetOf(["network", "bits"], build, paint, stop);

/** Return the height of the output after each bit, from −1 to 1, and the bit of the first wrong answer, or 0. */
function read({ weights, usual }, bits) {
  let parity = 0;
  const steps = forward(weights, digits(bits)).map(({ logit = weights.bias }, t) => {
    parity ^= t && Number(bits[t - 1]);
    const answer = answerOf(logit), height = Math.max(-1, Math.min(1, (USUAL * logit) / usual));
    return { height, answer, wrong: t > 0 && answer !== parityName(parity) };
  });
  return { steps, fall: Math.max(0, steps.findIndex(({ wrong }) => wrong)) };
}

function setString(view, model, bits) {
  stop(view);
  save(model, { bits: bits.slice(0, MOST_BITS) });
}

/** Read on to the end of a longer string, or to its first wrong answer, before which it becomes slower. */
function readOn(view, model, bits) {
  const start = model.get("bits").length, { fall } = read(currentNetwork(model), bits), fails = fall > start;
  play(view, (fails ? fall : bits.length) - start, (left) => (fails && SLOWER[left - 1]) || PACE, (count) =>
    save(model, { bits: bits.slice(0, model.get("bits").length + count) }));
}

/** Show a string that is not the reader's own. */
function give(view, model, no, bits) {
  setString(view, model, ""); // the string before may be the reader's
  view.given = bits;
  save(model, { network: no });
  readOn(view, model, bits);
}

function startAgain(view, model) {
  const bits = model.get("bits");
  if (bits) tried(view, model.get("network")).add(bits);
  view.given = "";
  setString(view, model, "");
  if (view.inBook) history.replaceState(null, "", location.href.split("#")[0]);
}

/** Return the reader's strings for a network that ended with a wrong answer or were given up. */
const tried = (view, no) => (view.tried[no] ??= new Set());

function showShortest(view, model) {
  const no = model.get("network"), { string } = currentNetwork(model);
  view.asked.add(no);
  if (string) give(view, model, no, string);
  else view.note.textContent = `Our search found no string for No. ${no}. Send it ${HONEST} bits or more of your own.`;
}

/** Show the string in the address of the page, if there is one. */
function replay(view, model) {
  const [, no, bits] = ADDRESS.exec(location.hash) ?? [];
  if (!(no in model.get("networks"))) return;
  give(view, model, no, bits);
  view.root.scrollIntoView({ block: "start" });
}

const addressOf = (no, bits) => `${location.href.split("#")[0]}#no=${no}&bits=${bits}`;

async function copyLink(view, model) {
  const no = model.get("network"), bits = view.best[no];
  if (!bits) return;
  const dare = bits.length > currentNetwork(model).string.length ? "Can you do it with fewer?" : "Can you break another?";
  try {
    await navigator.clipboard.writeText(`I broke No. ${no} with ${counted(bits.length, "bit")}. ${dare} ${addressOf(no, bits)}`);
    view.note.textContent = "The link is copied: paste it.";
  } catch {
    view.note.textContent = "Copy the address of this page.";
  }
}

function build(model, el) {
  const view = { timer: null, best: {}, tried: {}, asked: new Set(), given: "", tiles: {}, sent: 0,
                 inBook: el.classList.contains("widget-host") };
  const send = (bit) => () => setString(view, model, model.get("bits") + bit);
  const goBack = () => setString(view, model, model.get("bits").slice(0, -1));
  const { row, buttons } = buttonRow([["0", send("0")], ["1", send("1")], ["Back", goBack],
    ["Fifty zeros", () => readOn(view, model, (model.get("bits") + "0".repeat(ZEROS)).slice(0, MOST_BITS))],
    ["Start again", () => startAgain(view, model)], ["Show a string", () => showShortest(view, model)],
    ["Copy a link", () => copyLink(view, model)]]);
  for (const bit of "01") buttons[bit].classList.add("pw-primary");
  view.buttons = buttons;
  const test = make("p", { class: "pw-test" }, make("b", {}, "Break the network"));
  view.count = addCount(test);
  view.sentence = make("p", { class: "pw-told" }, make("b"), make("span"));
  view.note = make("p", { class: "pw-note", role: "status" });
  view.why = make("p", { class: "pw-why" });
  view.output = svg("svg", { class: "pw-output", role: "img" });
  const labels = Object.keys(model.get("networks")), group = `pw-${Math.random()}`;
  const choose = (label) => save(model, { network: label });
  const tiles = make("div", { class: "pw-wall", role: "radiogroup", "aria-label": "Networks" },
    ...labels.map((label) => (view.tiles[label] = buildTile(label, group, () => choose(label))).root));
  view.root = widgetRoot("Break the network", test, view.output, row,
    make("div", { class: "pw-said" }, view.sentence, view.why, view.note), tiles);
  const move = (by) => (event) => { // the tiles do this themselves
    const label = labels[labels.indexOf(model.get("network")) + by];
    if (label && event.target.type !== "radio") choose(label);
  };
  onKeys(view.root, { arrowleft: move(-1), arrowright: move(1) });
  onKeys(view.inBook ? document : view.root, { 0: send("0"), 1: send("1"), backspace: goBack });
  new ResizeObserver(() => drawOutput(view)).observe(view.output);
  if (view.inBook) {
    addEventListener("hashchange", () => replay(view, model));
    replay(view, model);
  }
  return view;
}

function buildTile(label, group, onchange) {
  const input = make("input", { type: "radio", name: group, onchange }), dot = make("i"), status = make("small");
  return { input, dot, status, root: make("label", { class: "pw-tile" }, input, make("b", {}, label),
    make("span", { class: "pw-gauge", "aria-hidden": "true" }, dot), status) };
}

function paint(view, model) {
  const bits = model.get("bits"), no = model.get("network"), networks = model.get("networks"), network = networks[no];
  if (!network.string && no === view.no) view.sent += Math.max(0, bits.length - view.bits.length);
  const runs = Object.fromEntries(Object.entries(networks).map(([label, each]) => [label, read(each, bits)]));
  const others = []; // that the reader has broken with these bits
  for (const [label, run] of Object.entries(runs)) {
    const found = bits.slice(0, run.fall), own = found && !view.given.startsWith(found);
    if (own && !(view.best[label]?.length <= found.length)) view.best[label] = found;
    if (label === no) Object.assign(view, { run, bits, no });
    if (label !== no && own) others.push(`No. ${label} broke at bit ${run.fall}: press its tile to see how. `);
    if (label === no && own) tried(view, no).add(found);
    if (label === no && own && view.inBook) history.replaceState(null, "", addressOf(no, found));
  }
  view.proved = view.sent >= HONEST;
  for (const [label, each] of Object.entries(networks)) paintTile(view, label, runs[label].steps.at(-1), each, no);
  drawOutput(view);
  view.output.setAttribute("aria-label", `The output of No. ${no} after the last bits: ` +
    view.run.steps.slice(-SAID).map(({ height }) => height.toFixed(1)).join(", ") + ". It answers odd if the output is above 0.");
  const { fall } = view.run, proved = !network.string && view.proved;
  view.root.classList.toggle("pw-broken", fall > 0 && fall === bits.length);
  const [breaks, state] = view.sentence.children; // for several networks a count, so that the sentence stays short
  const news = others.length > 1 ? `${others.length} others broke: press a marked tile to see how. ` : others.join("");
  const isNew = news !== breaks.textContent;
  view.sentence.setAttribute("aria-live", view.timer && !isNew ? "off" : "polite");
  if (isNew) breaks.textContent = news; // otherwise screen readers would read it again
  state.textContent = describe(view, no, network);
  view.note.textContent = "";
  view.why.hidden = !fall && !proved;
  view.why.replaceChildren(proved && !fall ?
    make("a", { href: "what-did-it-learn.html#a-proof-for-a-trained-net" }, "How can one know that? Read the proof →") :
    make("a", { href: "one-bit.html" }, "Find out why: start the course →"));
  const breakable = Object.values(networks).filter(({ string }) => string).length;
  view.count.textContent = `${Object.keys(view.best).length} of ${breakable} broken`;
  const available = { "Back": bits, "Start again": bits, "Copy a link": view.best[no], "Show a string": true };
  for (const [name, button] of Object.entries(view.buttons))
    setAvailable(button, Boolean(available[name] ?? (!(name in available) && bits.length < MOST_BITS)));
}

function paintTile({ tiles, best, proved, bits: read }, label, { height, answer, wrong }, { string }, no) {
  const { root, input, dot, status } = tiles[label], bits = best[label]?.length;
  const words = bits ? counted(bits, "bit") : !string && proved ? "proved" : "";
  input.checked = label === no;
  input.setAttribute("aria-label", `No. ${label}${bits ? `, broken with ${words}` : words && `, ${words}`}`);
  root.classList.toggle("pw-fallen", Boolean(bits));
  dot.className = read ? `pw-${answer}-dot${wrong ? " pw-wrong-dot" : ""}` : "pw-no-dot"; // no answer yet
  dot.style.top = `${50 - 40 * height}%`;
  status.textContent = words;
}

/** Draw the output after each bit, with the bits below it, as large as the page allows. */
function drawOutput({ output, run: { steps, fall }, bits }) {
  const width = output.clientWidth || 600, high = (output.clientHeight || 194) - BELOW, middle = high / 2;
  const room = width - LEFT - 16, from = Math.max(0, bits.length - Math.floor(room / STEP[0])); // the last bits
  const gap = Math.min(STEP[1], room / Math.max(bits.length - from, 1));
  const points = steps.map(({ height }, t) => [LEFT + gap * (t - from), middle * (1 - 0.88 * height)]);
  const [[endX, endY], { answer, wrong }] = [points, steps].map((list) => list.at(-1)), atEdge = endX > width - 80;
  const [x] = points[fall], side = x > width / 2 ? "end" : "start", above = steps[fall].answer === "even";
  const region = (name, y) => svg("rect", { class: `pw-${name}-region`, y, width, height: middle });
  output.setAttribute("viewBox", `0 0 ${width} ${high + BELOW}`);
  output.replaceChildren(region("odd", 0), region("even", middle), svgLine("pw-readout", 0, middle, width, middle),
    svgText(8, middle / 2 + 5, "odd", "start"), svgText(8, 1.5 * middle + 5, "even", "start"),
    svgText(8, high + BELOW - 6, from ? "… bits" : "bits", "start"),
    ...(bits ? [] : [svgText(width / 2, middle / 2 + 5, width > 500 ? "Press 0 or 1, here or on the keyboard" : "Press 0 or 1")]),
    ...(fall > from ? [svgLine("pw-fall", x, 0, x, high), svgText(x + (side === "end" ? -7 : 7), above ? 20 : high - 10,
      `wrong at bit ${fall}: ${steps[fall].answer} ✗`, side, "pw-times")] : []),
    svgPath("pw-trail", points.slice(from)), ...points.map((point, t) =>
      drawStep(point, steps[t], t === bits.length ? 6 : Math.min(4, gap / 4), t)).slice(from),
    ...[...bits].map((bit, t) => svgText(points[t + 1][0], high + BELOW - 6, bit)).slice(from),
    ...(bits && fall !== bits.length ? [svgText(endX + (atEdge ? 6 : 12), endY + (atEdge ? -14 : 5),
      `${answer} ${wrong ? "✗" : "✓"}`, atEdge ? "end" : "start", "pw-times")] : []));
}

/** Draw the output after a bit: a square above the line, where it means odd, and a disc below it. */
function drawStep([cx, cy], { answer, wrong }, r, t) {
  const name = `pw-step pw-${t ? answer : "no"}-step${wrong ? " pw-step-wrong" : ""}`;
  return answer === "odd" && t ? svg("rect", { class: name, x: cx - r, y: cy - r, width: 2 * r, height: 2 * r }) :
    svg("circle", { class: name, cx, cy, r });
}

function describe(view, no, { string }) {
  const { bits, run: { steps, fall } } = view, { answer, wrong } = steps[bits.length], ones = onesIn(bits);
  const known = string && (view.asked.has(no) || tried(view, no).size >= ENOUGH) ?
    ` The shortest string that our search found has ${counted(string.length, "bit")}.` : "";
  if (!bits)
    return `No. ${no} says after each bit whether you have sent an odd number of ones. Find a string after which it is ` +
      `wrong.${known}`;
  if (!fall && !string && view.proved) return `No. ${no} is correct after each of the ${bits.length} bits. Nobody can ` +
    "break it: we can prove that it is correct for strings of every length.";
  if (!fall) return `After ${counted(bits.length, "bit")}, No. ${no} answers ${answer}, which is correct: the number ` +
    `of ones so far is ${ones}.${known}`;
  const now = fall === bits.length ? `You broke No. ${no} with ${counted(fall, "bit")}: it answers ${answer}, but the ` +
    `number of ones is ${ones}.` : `No. ${no} broke at bit ${fall}. Now it answers ${answer}, which is ` +
    `${wrong ? "wrong" : "correct"}.`;
  const less = fall < string.length ? ` Our search found no string as short as ${fall} bits.` : fall === string.length ?
    " Our search found no shorter string." : known || " Can you do it with fewer bits?";
  return (view.given.startsWith(bits) ? now.replace("You broke", "This string breaks") : now) + less;
}
