// The drawing of a state machine: state_machine.js shows it beside the net in which it was found.

const ACROSS = 280, RADIUS = 22, RING = 72; // of the drawing, of a state, and of the circle on which the states stand

/** Draw `{ successors [states][2], odd [states], places [states][2] }`; the result is for `paintAutomaton`. */
function drawAutomaton(drawing, { successors, odd, places }) {
  const far = Math.max(...places.map(([x, y]) => Math.hypot(x, y)));
  const at = places.map(([x, y]) => [ACROSS / 2 + (RING * x) / far, ACROSS / 2 - (RING * y) / far]);
  const arrows = successors.flatMap((pair, from) => [...new Set(pair)].map((to) => {
    const bits = [0, 1].filter((bit) => pair[bit] === to).join(", ");
    return { from, to, element: from === to ? loop(at[from], bits) : between(at[from], odd[from], at[to], odd[to], bits, successors[to].includes(from)) };
  }));
  const states = at.map(([x, y], state) => svg("g", { transform: `translate(${x} ${y})` }, outline(odd[state], RADIUS + 5, "pw-ring"),
    outline(odd[state], RADIUS, odd[state] ? "pw-odd-node" : "pw-even-node"),
    svg("text", { class: "pw-number", "text-anchor": "middle" }, String(state)), svg("text", { y: 13, "text-anchor": "middle" }, parityName(odd[state]))));
  const [x, y] = at[0];
  drawing.replaceChildren(arrow(`M${x - 54} ${y}H${x - 32}`, [x - RADIUS - 2, y], [1, 0]), ...arrows.map(({ element }) => element), ...states);
  const words = successors.map(([zero, one], state) => `${state}, ${parityName(odd[state])}: on 0 to ${zero}, on 1 to ${one}`).join("; ");
  return { drawing, arrows, states, words };
}

/** Mark the state in which the machine is and, where it has read a bit, the arrow that it took. */
function paintAutomaton({ drawing, arrows, states, words }, { from, at }, hasRead) {
  states.forEach((element, state) => element.classList.toggle("pw-here", state === at));
  for (const one of arrows) one.element.classList.toggle("pw-taken", hasRead && one.from === from && one.to === at);
  drawing.setAttribute("aria-label", `A machine of ${states.length} states that starts in state 0. ${words}. Now it is in state ${at}.`);
}

/** Even is round, odd has corners. */
function outline(odd, radius, name) {
  const side = radius - 2;
  return odd ? svg("rect", { class: name, x: -side, y: -side, width: 2 * side, height: 2 * side, rx: 3 }) : svg("circle", { class: name, r: radius });
}

/** How far from the middle of a state its outline is, in a direction. */
const reach = (odd, [x, y]) => (odd ? (RADIUS - 2) / Math.max(Math.abs(x), Math.abs(y)) : RADIUS);

const unit = ([x, y]) => [x / Math.hypot(x, y), y / Math.hypot(x, y)];
const along = ([x, y], [dx, dy], way) => [x + way * dx, y + way * dy];

/** A line whose head has its tip there, pointing in that direction, and what is written beside it. */
function arrow(line, tip, [dx, dy], label, [x, y] = [0, 0]) {
  const [backX, backY] = along(tip, [dx, dy], -9);
  return svg("g", { class: "pw-edge" }, svg("path", { d: line }),
    svg("polygon", { points: [tip, [backX - 4.5 * dy, backY + 4.5 * dx], [backX + 4.5 * dy, backY - 4.5 * dx]].join(" ") }),
    ...(label ? [svg("text", { x, y: y + 5, "text-anchor": "middle" }, label)] : []));
}

/** From one state to another, bent out of the circle; to its left where there is one back, so that the two stay apart. */
function between(start, startOdd, end, endOdd, label, andBack) {
  const way = unit([end[0] - start[0], end[1] - start[1]]), long = Math.hypot(end[0] - start[0], end[1] - start[1]);
  const middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  const outwards = way[1] * (middle[0] - ACROSS / 2) - way[0] * (middle[1] - ACROSS / 2);
  const side = outwards < 0 && !andBack ? [-way[1], way[0]] : [way[1], -way[0]], bend = along(middle, side, 0.2 * long);
  const out = unit([bend[0] - start[0], bend[1] - start[1]]), into = unit([end[0] - bend[0], end[1] - bend[1]]);
  const tip = along(end, into, -reach(endOdd, into) - 3);
  return arrow(`M${along(start, out, reach(startOdd, out))}Q${bend} ${along(tip, into, -7)}`, tip, into, label, along(middle, side, 0.1 * long + 11));
}

/** From a state out of the circle and back to it. */
function loop(place, label) {
  const out = unit([place[0] - ACROSS / 2, place[1] - ACROSS / 2]), turned = (angle) => [
    out[0] * Math.cos(angle) - out[1] * Math.sin(angle), out[0] * Math.sin(angle) + out[1] * Math.cos(angle)];
  const into = turned(0.45).map((v) => -v), tip = along(place, turned(0.45), RADIUS + 4);
  return arrow(`M${along(place, turned(-0.45), RADIUS)}C${along(place, turned(-0.5), 58)} ${along(place, turned(0.5), 58)} ${along(tip, into, -7)}`,
    tip, into, label, along(place, out, 59));
}
