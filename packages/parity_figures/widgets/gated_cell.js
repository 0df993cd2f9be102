// A drawing of one time step of a gated cell: gates as valves, and the numbers in the pipes between them.

import { fixed, subscript, svg, svgLine, svgPath, svgText } from "./shared.js";

export const WIDTH = 372;
export const HEIGHT = 224;
const TOP = 62, LOW = 158; // the height of the line that carries the state, and of the line below it
const HALF = 13, SIDE = 2 * HALF + 8; // half the height of a pipe, and the side of a valve

/** Draw a pipe and the number in it, above the middle of the pipe if it is positive and below if it is negative. */
function pipe(x1, x2, y, value, largest) {
  const size = Math.min(Math.abs(value || 0) / largest, 1) * HALF;
  return svg("g", { class: "pw-pipe" },
    svg("rect", { x: x1, y: y - HALF, width: x2 - x1, height: 2 * HALF }),
    svg("rect", { class: "pw-flow", "data-sign": value > 0 ? "plus" : "minus",
                  x: x1, y: value > 0 ? y - size : y, width: x2 - x1, height: size }),
    svgLine("", x1, y, x2, y));
}

/** Draw a gate across a pipe, filled from below by the share that is open, with its name and value above or below. */
function valve(x, y, name, value, below = false) {
  const top = y - SIDE / 2, open = value ?? 0;
  return svg("g", { class: "pw-valve" },
    svg("rect", { class: "pw-shut", x: x - SIDE / 2, y: top, width: SIDE, height: SIDE }),
    svg("rect", { class: "pw-open", x: x - SIDE / 2, y: top + SIDE * (1 - open), width: SIDE, height: SIDE * open }),
    svgText(x, below ? top + SIDE + 17 : top - 9, value === undefined ? name : `${name} = ${fixed(value)}`));
}

const boxAt = (x, y, half) => svg("rect", { x: x - half, y: y - 17, width: 2 * half, height: 34, rx: 8 });

/** Draw a number in a box with its name above. */
const number = (x, y, name, value) => svg("g", { class: "pw-node" }, boxAt(x, y, 26), svgText(x, y + 5, written(value)),
  svgText(x, y - 26, name));

/** Draw the bit that enters the candidate from below. */
const input = (x, step, bit) => svg("g", { class: "pw-node" }, wire([x, 214], [x, LOW + 17]),
  svg("rect", { x: x - 34, y: 214, width: 68, height: 28, rx: 14 }),
  svgText(x, 233, step ? `${subscript("x", step)} = ${bit}` : "x"));

const tanhBox = (x, y) => svg("g", { class: "pw-node" }, boxAt(x, y, 18), svgText(x, y + 5, "tanh"));
const sum = (x, y) => svg("g", { class: "pw-node" }, svg("circle", { cx: x, cy: y, r: HALF }), svgText(x, y + 5, "+"));
const wire = (...points) => svgPath("pw-wire", points.map(([x, y]) => `${x},${y}`));
const written = (value) => (value === undefined ? "" : fixed(value));

/** Name the state before the step; at the start there is no step. */
const oldName = (letter, step) => (step ? subscript(letter, step - 1) : `old ${letter}`);

export function drawGru({ step, bit, old, now, largest }) {
  const { r, z, n, h } = now, write = step ? 1 - z : undefined, flow = (...place) => pipe(...place, largest);
  return [
    flow(54, 133, TOP, old.h), flow(167, 277, TOP, z * old.h), flow(303, 318, TOP, step ? h : 0),
    wire([66, TOP + HALF], [66, LOW], [90, LOW]),
    flow(124, 160, LOW, r * old.h), flow(214, 232, LOW, n), flow(266, 290, LOW, write * n),
    wire([290, LOW - HALF], [290, TOP + HALF]),
    number(28, TOP, oldName("h", step), old.h), valve(150, TOP, "update z", z), sum(290, TOP),
    number(344, TOP, subscript("h", step), h),
    valve(107, LOW, "reset r", r, true), number(188, LOW, "candidate n", n), valve(249, LOW, "1 − z", write, true),
    input(188, step, bit), svgText(222, TOP + HALF + 17, "keep"), svgText(296, 116, "write", "start"),
  ];
}

export function drawLstm({ step, bit, old, now, largest }) {
  const { i, f, g, o, c, h } = now, flow = (...place) => pipe(...place, largest);
  return [
    flow(54, 101, TOP, old.c), flow(135, 187, TOP, f * old.c), flow(213, 318, TOP, step ? c : 0),
    wire([54, LOW], [72, LOW]), flow(124, 138, LOW, g), flow(172, 200, LOW, i * g),
    wire([200, LOW - HALF], [200, TOP + HALF]), wire([236, TOP + HALF], [236, LOW - 17]),
    flow(254, 266, LOW, step ? Math.tanh(c) : 0), flow(300, 318, LOW, step ? h : 0),
    number(28, TOP, oldName("c", step), old.c), valve(118, TOP, "forget f", f), sum(200, TOP),
    number(344, TOP, subscript("c", step), c),
    number(28, LOW, oldName("h", step), old.h), number(98, LOW, "candidate g", g), valve(155, LOW, "input i", i, true),
    tanhBox(236, LOW), valve(283, LOW, "output o", o, true), number(344, LOW, subscript("h", step), h),
    input(98, step, bit), svgText(161, TOP + HALF + 17, "keep"),
    svgText(194, 116, "write", "end"), svgText(242, 116, "show", "start"),
  ];
}
