// A drawing of a state machine, and its steps next to those of a network, for state_machine.js and
// network_that_forgot.js.

const ACROSS = 280, RADIUS = 22, RING = 72; // of the drawing, of a state, and of the circle on which the states are

/**
 * Draw { successors [states][2], odd [states], places [states][2] }. Returns the arrows, the states and a description,
 * which `paintAutomaton` needs.
 */
function drawAutomaton(drawing, { successors, odd, places }) {
  const farthest = Math.max(...places.map(([x, y]) => Math.hypot(x, y)));
  const at = places.map(([x, y]) => [ACROSS / 2 + (RING * x) / farthest, ACROSS / 2 - (RING * y) / farthest]);
  const arrows = successors.flatMap((pair, from) => [...new Set(pair)].map((to) => {
    const bits = [0, 1].filter((bit) => pair[bit] === to).join(", ");
    return { from, to, element: from === to ? loop(at[from], bits) :
      between(at[from], odd[from], at[to], odd[to], bits, successors[to].includes(from)) };
  }));
  const states = at.map(([x, y], state) => svg("g", { transform: `translate(${x} ${y})` },
    outline(odd[state], RADIUS + 5, "pw-ring"), outline(odd[state], RADIUS, `pw-${parityName(odd[state])}-node`),
    svgText(0, 0, String(state), "middle", "pw-number"), svgText(0, 13, parityName(odd[state]))));
  const [x, y] = at[0];
  drawing.replaceChildren(arrow(`M${x - 54} ${y}H${x - 32}`, [x - RADIUS - 2, y], [1, 0]),
    ...arrows.map(({ element }) => element), ...states);
  const words = successors.map(([after0, after1], state) =>
    `${state}, ${parityName(odd[state])}: on 0 to ${after0}, on 1 to ${after1}`).join("; ");
  return { drawing, arrows, states, words };
}

/** Mark the current state and, if a bit has been read, the arrow that was taken. */
function paintAutomaton({ drawing, arrows, states, words }, { from, at }, hasRead) {
  states.forEach((element, state) => element.classList.toggle("pw-here", state === at));
  for (const arrow of arrows)
    arrow.element.classList.toggle("pw-taken", hasRead && arrow.from === from && arrow.to === at);
  drawing.setAttribute("aria-label",
    `A machine of ${states.length} states that starts in state 0. ${words}. Now it is in state ${at}.`);
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
  const outwards = way[1] * (middle[0] - ACROSS / 2) - way[0] * (middle[1] - ACROSS / 2);
  const side = outwards < 0 && !andBack ? [-way[1], way[0]] : [way[1], -way[0]];
  const bend = along(middle, side, 0.2 * length);
  const out = unit([bend[0] - start[0], bend[1] - start[1]]), into = unit([end[0] - bend[0], end[1] - bend[1]]);
  const tip = along(end, into, -reach(endOdd, into) - 3);
  return arrow(`M${along(start, out, reach(startOdd, out))}Q${bend} ${along(tip, into, -7)}`, tip, into, label,
    along(middle, side, 0.1 * length + 11));
}

/** Draw an arrow from a state out of the circle and back to the same state. */
function loop(place, label) {
  const out = unit([place[0] - ACROSS / 2, place[1] - ACROSS / 2]), turned = (angle) => [
    out[0] * Math.cos(angle) - out[1] * Math.sin(angle), out[0] * Math.sin(angle) + out[1] * Math.cos(angle)];
  const into = turned(0.45).map((v) => -v), tip = along(place, turned(0.45), RADIUS + 4);
  const curve = `C${along(place, turned(-0.5), 58)} ${along(place, turned(0.5), 58)} ${along(tip, into, -7)}`;
  return arrow(`M${along(place, turned(-0.45), RADIUS)}${curve}`, tip, into, label, along(place, out, 59));
}

/**
 * Return for the start and each bit the place that `project` gives to the network's state, the machine's state, and
 * three answers (1 for odd).
 */
function walk({ weights, machine }, bits, project) {
  let at = 0, parity = 0;
  return forward(weights, digits(bits)).map((step, t) => {
    const bit = t > 0 ? Number(bits[t - 1]) : 0, from = at, { logit } = step;
    if (t > 0) at = machine.successors[at][bit];
    parity ^= bit;
    return { place: project(step), logit, from, at, parity, network: logit > 0 ? 1 : 0, machine: machine.odd[at] };
  });
}

/** Show the true parity, or the answer of the network or the machine and whether it is correct, if a bit was read. */
function paintParity(box, steps, who) {
  const step = steps.at(-1), answer = parityName(step[who]), correct = step[who] === step.parity;
  box.className = steps.length === 1 ? "pw-answer" : `pw-answer pw-${answer} ${correct ? "" : "pw-wrong"}`;
  if (steps.length === 1) box.replaceChildren("–");
  else box.replaceChildren(answer, ...(who === "parity" ? [] : [correctness(correct)]));
}
