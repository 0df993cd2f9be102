// A point that moves in the plane of a network's states, and the machine extracted from the network, on the same bits.

import {
  buttonRow, correctness, counted, currentNetwork, digits, fixed, halfPlane, make, numbersTable, paintStringSettings,
  parityName, play, save, setAvailable, squareAxes, stop, stringSettings, svg, svgPath, svgText, vector, widgetOf,
  widgetRoot,
} from "./shared.js";
import { dot, forward } from "./forward_pass.js";

const MOST_BITS = 400, ZEROS = 50;
const MILLISECONDS_PER_BIT = 80;
const SIDE = 280; // of each drawing
const RADIUS = 22, RING = 72; // of a state of the machine, and of the circle on which the states are
const LEAST_TRAIL = 3; // steps of the point that are always drawn; a run of equal bits is drawn as a whole

export default widgetOf(["network", "bits"], build, paint, stop);

/** Return the letter of a state of the machine. */
const nameOf = (state) => String.fromCharCode(65 + state);

/** Return the point of a state: its two numbers, or those along the two axes. */
const project = ({ mean, axes, weights }, { h, c }) => {
  const state = (weights.cell === "lstm" ? [...h, ...c] : h).map((v, i) => v - mean[i]);
  return axes.map((axis) => dot(axis, state));
};

/** Return the first step at which the "network" or the "machine" is wrong, or 0. */
const firstError = (steps, who) => Math.max(0, steps.findIndex((step, t) => t > 0 && step[who] !== step.parity));

function setString(view, model, bits) {
  stop(view);
  save(model, { bits: bits.slice(0, MOST_BITS) });
}

const readMore = (view, model, bits) => setString(view, model, model.get("bits") + bits);

/** Read zeros one by one, or all at once if the reader wants less motion. */
function readZeros(view, model) {
  play(view, Math.min(ZEROS, MOST_BITS - model.get("bits").length), () => MILLISECONDS_PER_BIT, (count) =>
    save(model, { bits: model.get("bits") + "0".repeat(count) }));
}

function build(model) {
  const view = { timer: null };
  const settings = stringSettings(view, model, 0, MOST_BITS, (bits) => setString(view, model, bits));
  const { row, buttons } = buttonRow([
    ["0", () => readMore(view, model, "0")],
    ["1", () => readMore(view, model, "1")],
    ["Back", () => setString(view, model, model.get("bits").slice(0, -1))],
    ["Fifty zeros", () => readZeros(view, model)],
    ["Start again", () => setString(view, model, "")],
  ]);
  row.classList.add("pw-sticky-on-phone");
  for (const bit of "01") buttons[bit].classList.add("pw-primary");
  view.buttons = buttons;
  view.plane = svg("svg", { viewBox: `-44 -4 ${SIDE + 50} ${SIDE + 42}`, role: "img" });
  view.machine = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  view.answers = { parity: make("span", {}), network: make("span", {}), machine: make("span", {}) };
  view.sentence = make("p", { class: "pw-parted" });
  view.key = make("p", { class: "pw-key" });
  view.numbers = numbersTable("The steps of the string",
    () => tableRows(view.steps, model.get("bits"), currentNetwork(model)));
  const answer = (title, box) => make("span", { class: "pw-labelled" }, title, box);
  const titled = (title, drawing) => make("div", {}, make("b", {}, title), drawing);
  view.root = widgetRoot("The states of a network in a plane, and its state machine",
    settings, row,
    make("div", { class: "pw-answers" }, answer("True parity", view.answers.parity),
      answer("Network", view.answers.network), answer("Machine", view.answers.machine)),
    view.sentence, make("div", { class: "pw-pair pw-side-by-side" }, titled("The network", view.plane),
      titled("The machine", view.machine)), view.key, view.numbers.root);
  return view;
}

function paint(view, model) {
  const network = currentNetwork(model), bits = model.get("bits");
  if (view.background !== network) {
    view.background = network;
    drawPlane(view, network);
    view.automaton = drawAutomaton(view.machine, network.machine);
  }
  view.steps = walk(network, bits);
  paintControls(view, model, network, bits);
  paintPlane(view, network, bits);
  paintAutomaton(view.automaton, view.steps.at(-1), bits.length > 0);
  for (const [who, box] of Object.entries(view.answers)) paintParity(box, view.steps, who);
  view.sentence.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.sentence.textContent = describe(view.steps, bits);
  view.numbers.paint();
}

function paintControls(view, model, { agreement }, bits) {
  const typed = view.input.value === bits;
  paintStringSettings(view, model);
  if (!typed) view.input.scrollLeft = view.input.scrollWidth;
  for (const [name, button] of Object.entries(view.buttons))
    setAvailable(button, ["Back", "Start again"].includes(name) ? bits !== "" : bits.length < MOST_BITS);
  const framed = Object.values(model.get("networks")).some(({ boxes }) => boxes.length > 0);
  view.key.textContent = "Discs are even, squares odd, and the dashed line divides the answers. A hollow dot on the " +
    "trail is a wrong answer. A cross marks the start or the centre of a cluster, and a dashed frame where the machine " +
    `is. ${framed ? "Solid frames, if there are any, are the boxes of a proof. " : ""}` +
    `The machine answers as the network does on ${agreement === 1 ? "all" : `${Math.round(100 * agreement)} %`} of ` +
    "200 fresh random strings.";
}

/** Convert a place in the plane to one in the drawing. */
const spot = ({ window: [x, y, half] }, [a, b]) =>
  [((a - x + half) / (2 * half)) * SIDE, ((y + half - b) / (2 * half)) * SIDE];

/** Convert a place in the plane to the nearest one inside the drawing. */
const inside = (network, place) => spot(network, place).map((v) => Number(Math.max(0, Math.min(SIDE, v)).toFixed(1)));

function axisNames({ mean, weights }) {
  if (mean.length > 2) return ["direction of the readout", "second direction"];
  return weights.cell === "lstm" ? ["h", "c"] : ["first unit", "second unit"];
}

/** Draw what does not change while bits are read, and elements for what moves: trail, mark of the machine, point. */
function drawPlane(view, network) {
  const states = network.points.map((points) => points.map((place) => inside(network, place)));
  view.trail = svg("g");
  view.expected = svg("circle", { class: "pw-expected", r: 14 });
  view.point = svg("circle", { class: "pw-point", r: 5 });
  const place = (coordinates) => spot(network, coordinates);
  view.plane.replaceChildren(...halfPlane(network.border, place, SIDE),
    ...squareAxes(place, SIDE, ...axisNames(network)), ...drawStates(states),
    ...network.boxes.map((box) => drawBox(network, box)), view.trail,
    ...network.centres.flatMap((_, state) => nameCentre(network, state)), view.expected, view.point);
}

/** Draw a frame around a box of the proof, because many boxes are smaller than a point. */
function drawBox(network, [x0, y0, x1, y1, odd]) {
  const [left, top] = inside(network, [x0, y1]), [right, bottom] = inside(network, [x1, y0]);
  return svg("rect", { class: `pw-proof ${odd ? "pw-proof-odd" : ""}`, x: left - 2, y: top - 2,
                       width: right - left + 4, height: bottom - top + 4 });
}

/** Mark the centre of a cluster, and write the name of its state next to it, towards the middle of the plane. */
function nameCentre(network, state) {
  const [x, y] = inside(network, network.centres[state]), dx = SIDE / 2 - x, dy = SIDE / 2 - y;
  const far = Math.hypot(dx, dy), [ux, uy] = far < 30 ? [0, -1] : [dx / far, dy / far];
  const cross = `M${x - 4} ${y - 4}l8 8m0 -8l-8 8M${x + 5 * ux} ${y + 5 * uy}l${13 * ux} ${13 * uy}`;
  return [svg("path", { class: "pw-centre", d: cross }),
          svgText(x + 26 * ux, y + 26 * uy + 5, nameOf(state), "middle", "pw-name-of-state")];
}

function paintPlane({ plane, trail, expected, point, steps }, network, bits) {
  const t = bits.length, run = t ? /(.)\1*$/.exec(bits)[0].length : 0, { place, at } = steps[t];
  const latest = steps.slice(Math.max(0, t - Math.max(run, LEAST_TRAIL)));
  const points = latest.map((step) => inside(network, step.place));
  trail.replaceChildren(svgPath("pw-trail", points), ...points.map(([cx, cy], i) => svg("circle",
    latest[i].network === latest[i].parity ? { class: "pw-step", cx, cy, r: 2.4 } :
      { class: "pw-step pw-step-wrong", cx, cy, r: 3.2 })));
  for (const [mark, target] of [[point, place], [expected, network.centres[at]]]) {
    const [x, y] = inside(network, target);
    mark.style.transform = `translate(${x}px, ${y}px)`;
  }
  plane.setAttribute("aria-label", `The plane of the states after ${counted(t, "bit")}: the point is at ` +
    `${vector(place)}, the centre of the machine's state ${nameOf(at)} at ${vector(network.centres[at])}.`);
}

function describe(steps, bits) {
  const t = bits.length, step = steps[t], wrong = firstError(steps, "network"), off = firstError(steps, "machine");
  if (t === 0) return "No bit has been read. Read a few, and watch the point and the arrows.";
  const went = step.from === step.at ? `stays in state ${nameOf(step.at)}` :
    `goes from state ${nameOf(step.from)} to state ${nameOf(step.at)}`;
  const network = wrong === 0 ? "The network has been correct after every bit." : wrong === t ?
    `Here the network makes its first error: it answers ${parityName(step.network)}, not ${parityName(step.parity)}.` :
    `The network made its first error at bit ${wrong}.` +
      (step.network === step.parity ? " Now it happens to be correct." : "");
  return `Bit ${t} is a ${bits[t - 1]}, and the machine ${went}. ${network}` +
    (off ? ` The machine made its first error at bit ${off}.` : "");
}

function tableRows(steps, bits, network) {
  return [["bits read", "last bit", ...axisNames(network), "logit", "network", "machine's state", "machine",
           "true parity"],
    ...steps.map((step, t) => [String(t), bits[t - 1] ?? "", ...step.place.map((v) => fixed(v, 3)),
      t ? fixed(step.logit, 3) : "", t ? parityName(step.network) : "", nameOf(step.at), parityName(step.machine),
      parityName(step.parity)])];
}

// --- the machine ----------------------------------------------------------------

/**
 * Draw { successors [states][2], odd [states], places [states][2] }. Returns the arrows, the states and a description,
 * which `paintAutomaton` needs.
 */
function drawAutomaton(drawing, { successors, odd, places }) {
  const farthest = Math.max(...places.map(([x, y]) => Math.hypot(x, y)));
  const at = places.map(([x, y]) => [SIDE / 2 + (RING * x) / farthest, SIDE / 2 - (RING * y) / farthest]);
  const arrows = successors.flatMap((pair, from) => [...new Set(pair)].map((to) => {
    const bits = [0, 1].filter((bit) => pair[bit] === to).join(", ");
    return { from, to, element: from === to ? loop(at[from], bits) :
      between(at[from], odd[from], at[to], odd[to], bits, successors[to].includes(from)) };
  }));
  const states = at.map(([x, y], state) => svg("g", { transform: `translate(${x} ${y})` },
    outline(odd[state], RADIUS + 5, "pw-ring"), outline(odd[state], RADIUS, `pw-${parityName(odd[state])}-node`),
    svgText(0, 0, nameOf(state), "middle", "pw-number"), svgText(0, 13, parityName(odd[state]))));
  const [x, y] = at[0];
  drawing.replaceChildren(arrow(`M${x - 54} ${y}H${x - 32}`, [x - RADIUS - 2, y], [1, 0]),
    ...arrows.map(({ element }) => element), ...states);
  const words = successors.map(([after0, after1], state) =>
    `${nameOf(state)}, ${parityName(odd[state])}: on 0 to ${nameOf(after0)}, on 1 to ${nameOf(after1)}`).join("; ");
  return { drawing, arrows, states, words };
}

/** Draw the places of states, those with an even parity first: discs if it is even, and squares if it is odd. */
const drawStates = ([even, odd]) => [
  ...even.map(([cx, cy]) => svg("circle", { class: "pw-even-state", cx, cy, r: 2.7 })),
  ...odd.map(([x, y]) => svg("rect", { class: "pw-odd-state", x: x - 2.4, y: y - 2.4, width: 4.8, height: 4.8 }))];

/** Mark the current state and, if a bit has been read, the arrow that was taken. */
function paintAutomaton({ drawing, arrows, states, words }, { from, at }, hasRead) {
  states.forEach((element, state) => element.classList.toggle("pw-here", state === at));
  for (const arrow of arrows)
    arrow.element.classList.toggle("pw-taken", hasRead && arrow.from === from && arrow.to === at);
  drawing.setAttribute("aria-label",
    `A machine of ${states.length} states that starts in state A. ${words}. Now it is in state ${nameOf(at)}.`);
}

/** Draw the outline of a state: even is round, odd has corners. */
function outline(odd, radius, name) {
  const side = radius - 2;
  return odd ? svg("rect", { class: name, x: -side, y: -side, width: 2 * side, height: 2 * side, rx: 3 }) :
    svg("circle", { class: name, r: radius });
}

/** Return the distance from the middle of a state to its outline in a direction. */
const reach = (odd, [x, y]) => (odd ? (RADIUS - 2) / Math.max(Math.abs(x), Math.abs(y)) : RADIUS);

const unit = ([x, y]) => [x / Math.hypot(x, y), y / Math.hypot(x, y)];
const along = ([x, y], [dx, dy], distance) => [x + distance * dx, y + distance * dy];

/** Draw a line and a head with its tip at a point, in a direction, with a label at another point. */
function arrow(line, tip, [dx, dy], label, [x, y] = [0, 0]) {
  const [backX, backY] = along(tip, [dx, dy], -9);
  const head = [tip, [backX - 4.5 * dy, backY + 4.5 * dx], [backX + 4.5 * dy, backY - 4.5 * dx]];
  return svg("g", { class: "pw-edge" }, svg("path", { d: line }), svg("polygon", { points: head.join(" ") }),
    ...(label ? [svgText(x, y + 5, label)] : []));
}

/** Draw an arrow between two states, bent out of the circle, or to its left to keep it apart from the one back. */
function between(start, startOdd, end, endOdd, label, andBack) {
  const difference = [end[0] - start[0], end[1] - start[1]], way = unit(difference), length = Math.hypot(...difference);
  const middle = along(start, difference, 0.5);
  const outwards = way[1] * (middle[0] - SIDE / 2) - way[0] * (middle[1] - SIDE / 2);
  const side = outwards < 0 && !andBack ? [-way[1], way[0]] : [way[1], -way[0]];
  const bend = along(middle, side, 0.2 * length);
  const out = unit([bend[0] - start[0], bend[1] - start[1]]), into = unit([end[0] - bend[0], end[1] - bend[1]]);
  const tip = along(end, into, -reach(endOdd, into) - 3);
  return arrow(`M${along(start, out, reach(startOdd, out))}Q${bend} ${along(tip, into, -7)}`, tip, into, label,
    along(middle, side, 0.1 * length + 11));
}

/** Draw an arrow from a state out of the circle and back to the same state. */
function loop(place, label) {
  const out = unit([place[0] - SIDE / 2, place[1] - SIDE / 2]), turned = (angle) => [
    out[0] * Math.cos(angle) - out[1] * Math.sin(angle), out[0] * Math.sin(angle) + out[1] * Math.cos(angle)];
  const into = turned(0.45).map((v) => -v), tip = along(place, turned(0.45), RADIUS + 4);
  const curve = `C${along(place, turned(-0.5), 58)} ${along(place, turned(0.5), 58)} ${along(tip, into, -7)}`;
  return arrow(`M${along(place, turned(-0.45), RADIUS)}${curve}`, tip, into, label, along(place, out, 59));
}

/**
 * Return for the start and each bit the point of the network's state, the machine's state, and three answers (1 for
 * odd).
 */
function walk(network, bits) {
  const { weights, machine } = network;
  let at = 0, parity = 0;
  return forward(weights, digits(bits)).map((step, t) => {
    const bit = t > 0 ? Number(bits[t - 1]) : 0, from = at, { logit } = step;
    if (t > 0) at = machine.successors[at][bit];
    parity ^= bit;
    return { place: project(network, step), logit, from, at, parity, network: logit > 0 ? 1 : 0, machine: machine.odd[at] };
  });
}

/** Show the true parity, or the answer of the network or the machine and whether it is correct, if a bit was read. */
function paintParity(box, steps, who) {
  const step = steps.at(-1), answer = parityName(step[who]), correct = step[who] === step.parity;
  box.className = steps.length === 1 ? "pw-answer" : `pw-answer pw-${answer} ${correct ? "" : "pw-wrong"}`;
  if (steps.length === 1) box.replaceChildren("–");
  else box.replaceChildren(answer, ...(who === "parity" ? [] : [correctness(correct)]));
}
