// A drawing of one step of a gated cell: gates as valves, and in the pipes between them what flows.

const WIDTH = 372, HEIGHT = 244;
const TOP = 62, LOW = 158; // the height of the memory line, and of the line below it
const HALF = 13, SIDE = 2 * HALF + 8; // half the height of a pipe, and the side of a valve

/** A pipe, and in it what flows: above its middle where that is positive, below where it is negative. */
function pipe(x1, x2, y, value, largest) {
  const size = Math.min(Math.abs(value || 0) / largest, 1) * HALF;
  return svg("g", { class: "pw-pipe" },
    svg("rect", { x: x1, y: y - HALF, width: x2 - x1, height: 2 * HALF }),
    svg("rect", { class: "pw-flow", "data-sign": value > 0 ? "plus" : "minus",
                  x: x1, y: value > 0 ? y - size : y, width: x2 - x1, height: size }),
    svg("line", { x1, x2, y1: y, y2: y }));
}

/** A gate across a pipe, filled from below as far as it is open; its name and value stand above, or below. */
function valve(x, y, name, value, below = false) {
  const top = y - SIDE / 2, open = value ?? 0;
  return svg("g", { class: "pw-valve" },
    svg("rect", { class: "pw-shut", x: x - SIDE / 2, y: top, width: SIDE, height: SIDE }),
    svg("rect", { class: "pw-open", x: x - SIDE / 2, y: top + SIDE * (1 - open), width: SIDE, height: SIDE * open }),
    svgText(x, below ? top + SIDE + 17 : top - 9, `${name} ${written(value)}`));
}

/** A number in a box, its name above. */
function node(x, y, name, value) {
  return svg("g", { class: "pw-node" }, svg("rect", { x: x - 26, y: y - 17, width: 52, height: 34, rx: 8 }),
    svgText(x, y + 5, written(value)), svgText(x, y - 26, name));
}

/** The bit, from below into the candidate. */
function input(x, step, bit) {
  return svg("g", { class: "pw-node" }, wire([x, 214], [x, LOW + 17]),
    svg("rect", { x: x - 34, y: 214, width: 68, height: 28, rx: 14 }),
    svgText(x, 233, step ? `${subscript("x", step)} = ${bit}` : "x"));
}

function squashing(x, y) {
  return svg("g", { class: "pw-node" }, svg("rect", { x: x - 18, y: y - 17, width: 36, height: 34, rx: 8 }),
    svgText(x, y + 5, "tanh"));
}

const sum = (x, y) => svg("g", { class: "pw-node" }, svg("circle", { cx: x, cy: y, r: HALF }), svgText(x, y + 5, "+"));
const wire = (...points) => svgLine("pw-wire", points.map(([x, y]) => `${x},${y}`));
const written = (value) => (value === undefined ? "" : fixed(value));
const subscript = (letter, t) => letter + [...String(t)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** The state `letter` before the step; before the first bit there is none. */
const oldName = (letter, step) => (step ? subscript(letter, step - 1) : `old ${letter}`);

function drawGru({ step, bit, old, now, largest }) {
  const { r, z, n, h } = now, write = step ? 1 - z : undefined;
  const flow = (...where) => pipe(...where, largest);
  return [
    flow(54, 133, TOP, old.h), flow(167, 277, TOP, z * old.h), flow(303, 318, TOP, step ? h : 0),
    wire([66, TOP + HALF], [66, LOW], [90, LOW]),
    flow(124, 160, LOW, r * old.h), flow(214, 232, LOW, n), flow(266, 290, LOW, write * n),
    wire([290, LOW - HALF], [290, TOP + HALF]),
    node(28, TOP, oldName("h", step), old.h), valve(150, TOP, "update z", z), sum(290, TOP),
    node(344, TOP, subscript("h", step), h),
    valve(107, LOW, "reset r", r, true), node(188, LOW, "candidate n", n), valve(249, LOW, "1 − z", write, true),
    input(188, step, bit), svgText(222, TOP + HALF + 17, "keep"), svgText(296, 116, "write", "start"),
  ];
}

function drawLstm({ step, bit, old, now, largest }) {
  const { i, f, g, o, c, h } = now, flow = (...where) => pipe(...where, largest);
  return [
    flow(54, 101, TOP, old.c), flow(135, 187, TOP, f * old.c), flow(213, 318, TOP, step ? c : 0),
    wire([54, LOW], [72, LOW]), flow(124, 138, LOW, g), flow(172, 200, LOW, i * g),
    wire([200, LOW - HALF], [200, TOP + HALF]), wire([236, TOP + HALF], [236, LOW - 17]),
    flow(254, 266, LOW, step ? Math.tanh(c) : 0), flow(300, 318, LOW, step ? h : 0),
    node(28, TOP, oldName("c", step), old.c), valve(118, TOP, "forget f", f), sum(200, TOP),
    node(344, TOP, subscript("c", step), c),
    node(28, LOW, oldName("h", step), old.h), node(98, LOW, "candidate g", g), valve(155, LOW, "input i", i, true),
    squashing(236, LOW), valve(283, LOW, "output o", o, true), node(344, LOW, subscript("h", step), h),
    input(98, step, bit), svgText(161, TOP + HALF + 17, "keep"),
    svgText(194, 116, "write", "end"), svgText(242, 116, "show", "start"),
  ];
}
