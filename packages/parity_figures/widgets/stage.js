// The stage of a training run, for playground.js: hidden states as marks in a plane, the weights of a small network as
// lines, and a loss curve that is a slider.

import {
  counted, fixed, halfPlane, make, makeSlider, subscript, svg, svgLine, svgPath, svgText, tint,
} from "./shared.js";
import { dot } from "./forward_pass.js";

const COIN = Math.log(2); // the loss of a network that answers each bit with probability 1/2
const LEAST_GAP = 0.1; // between the names of two groups, as a share of the height
const LEAST_LOGIT = 4; // the plane reaches at least to this logit, so that new networks have close states
const PARTS = { tanh: ["next state"], relu: ["next state"], gru: ["reset gate", "update gate", "candidate"],
                lstm: ["input gate", "forget gate", "candidate", "output gate"] }; // in the order of the matrix

/** Return the coordinate of each state of a snapshot in a direction; a state follows each prefix. */
function along(direction, { states, output, count }) {
  const H = output.length;
  return Array.from({ length: states.length / H }, (_, i) => {
    let sum = 0;
    for (let k = 0, place = Math.floor(i / count) * H * count + (i % count); k < H; k++, place += count)
      sum += direction[k] * states[place];
    return sum;
  });
}

/**
 * Return a direction at right angles to the readout in which the states of a snapshot vary most, or null for one unit.
 * The direction is that of the largest principal component, found by repeated multiplication with the covariance.
 */
function directionOf(snapshot) {
  const { output } = snapshot;
  if (output.length === 1) return null;
  const apart = output.map((_, k) => {
    const unit = along(output.map((_, l) => Number(k === l)), snapshot);
    const mean = unit.reduce((sum, value) => sum + value) / unit.length;
    return unit.map((value) => value - mean);
  });
  const covariance = apart.map((v) => apart.map((w) => dot(v, w)));
  const aside = (v) => {
    const share = dot(output, v) / (dot(output, output) || 1), rest = v.map((value, k) => value - share * output[k]);
    const size = Math.hypot(...rest) || 1;
    return rest.map((value) => value / size);
  };
  let up = aside(covariance.map((row, k) => row[k]));
  for (let round = 0; round < 100; round++) up = aside(covariance.map((row) => dot(row, up)));
  const largest = up.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most));
  return up.map((value) => value * Math.sign(largest)); // the sign of a direction is arbitrary
}

/**
 * Return the places [x, y] of the states of a snapshot and their logits. With two units, a place is the state itself.
 * Otherwise x is the logit, and y is the coordinate in the direction `up`, or the length of the prefix if it is null.
 */
function placesOf(snapshot, up) {
  const { output, bias, count } = snapshot, logits = along(output, snapshot).map((value) => value + bias);
  const [x, y] = output.length === 2 ? [along([1, 0], snapshot), along([0, 1], snapshot)] :
    [logits, up ? along(up, snapshot) : logits.map((_, i) => Math.floor(i / count) + 1)];
  return { logits, places: x.map((value, i) => [value, y[i]]) };
}

/** Return the least and the greatest coordinates, [x, y], that the plane shows for all these snapshots. */
function frameOf(snapshots, up) {
  const H = snapshots[0].output.length, least = H === 2 ? [-1, -1] : [-LEAST_LOGIT, up ? -1 : 0];
  const low = [...least], high = least.map((value) => -value || 1);
  for (const snapshot of snapshots)
    for (const place of placesOf(snapshot, up).places)
      for (const axis of [0, 1]) {
        low[axis] = Math.min(low[axis], place[axis]);
        high[axis] = Math.max(high[axis], place[axis]);
      }
  if (H !== 2) high[0] = -(low[0] = Math.min(low[0], -high[0])); // the logit 0 is in the middle
  const margin = low.map((v, axis) => [0.05, 0.2][axis] * (high[axis] - v)); // for the names
  return { low: low.map((v, axis) => v - margin[axis]), high: high.map((v, axis) => v + margin[axis]) };
}

/** Return a place as shares of the width and the height, from the upper left corner. */
const sharesOf = ({ low, high }, place) => {
  const [x, y] = place.map((v, axis) => (v - low[axis]) / (high[axis] - low[axis]));
  return [x, 1 - y];
};

/** Name the states before training: after a 0 and after a 1 if one group is above the other, or else all of them. */
function namesOfGroups({ steps, odd, count }, places, frame) {
  if (steps) return [];
  const groups = [0, 1].map((bit) => places.filter((_, i) => (odd[i] ^ (odd[i - count] ?? 0)) === bit));
  const edge = (group, axis, extreme) => extreme(...group.map((place) => place[axis]));
  const middle = (group) => (edge(group, 1, Math.min) + edge(group, 1, Math.max)) / 2;
  const [[low0, high0], [low1, high1]] = groups.map((group) => [Math.min, Math.max].map((end) => edge(group, 1, end)));
  const far = Math.abs(middle(groups[0]) - middle(groups[1])) > LEAST_GAP * (frame.high[1] - frame.low[1]);
  const apart = far && (low0 > high1 || low1 > high0);
  return (apart ? groups : [places]).map((group, bit) => {
    const [x, y] = sharesOf(frame, [edge(group, 0, Math.max), middle(group)]);
    return textAt(x, y, "start", apart ? `the last bit is ${bit}` : `all ${places.length} states`, { dx: 12, dy: 5 });
  });
}

/** Name the two sides of the line in a plane of two units: beside the names of the axes, where a side has most room. */
function namesOfSides({ output, bias }, { low, high }) {
  const logitAt = (...shares) => bias + dot(output, [low[0] + shares[0] * (high[0] - low[0]),
                                                     high[1] - shares[1] * (high[1] - low[1])]);
  return ["even", "odd"].flatMap((answer, odd) => {
    const room = ([x, y]) => Math.min(...[0, 0.3].map((end) => logitAt(0.7 * x + end, y) * (odd ? 1 : -1)));
    const [x, y] = [[0.5, 0], [1, 0], [0, 1], [0.5, 1]].reduce((a, b) => (room(b) > room(a) ? b : a));
    return room([x, y]) > 0 ? textAt(x, y, ["start", "middle", "end"][2 * x], `answers ${answer}`,
                                     { dx: 6 - 12 * x, dy: y ? -7 : 17 }) : [];
  });
}

/** Write a text at a place in shares of a drawing. */
const textAt = (x, y, anchor, text, shift = {}) =>
  svg("text", { x: `${100 * x}%`, y: `${100 * y}%`, "text-anchor": anchor, ...shift }, text);

/**
 * Draw the states of a snapshot, the line on which the logit is 0, and the side of it where the answer is odd. Returns
 * the number of states on the correct side.
 */
function drawPlane(drawing, snapshot, { up, frame }) {
  const two = snapshot.output.length === 2, edge = { dx: 6, dy: -7 };
  const { odd, output, bias, steps } = snapshot, { places, logits } = placesOf(snapshot, up);
  const correct = logits.filter((logit, i) => logit > 0 === (odd[i] === 1)).length;
  const upwards = two ? "unit 2" : up ? "direction of the largest differences" : "number of bits read";
  const names = two ? [...namesOfSides(snapshot, frame), textAt(1, 1, "end", "unit 1 →", { ...edge, dx: -6 })] :
    [textAt(0, 1, "start", "← answers even", edge), textAt(0.5, 1, "middle", "output", { dy: -7 }),
     textAt(1, 1, "end", "answers odd →", { ...edge, dx: -6 }), ...namesOfGroups(snapshot, places, frame)];
  const marks = places.map((place, i) => {
    const [x, y] = sharesOf(frame, place).map((share) => `${(100 * share).toFixed(2)}%`);
    const r = 6.5 - 4 * (i / places.length);
    return odd[i] ? svg("rect", { class: "pw-odd-state", x, y, width: 1.8 * r, height: 1.8 * r,
                                  transform: `translate(${-0.9 * r} ${-0.9 * r})` }) :
      svg("circle", { class: "pw-even-state", cx: x, cy: y, r });
  });
  const sides = halfPlane(two ? [...output, bias] : [1, 0, 0], (place) => sharesOf(frame, place), 1);
  drawing.replaceChildren(plot(...sides), ...marks, ...names, svg("text", { x: 6, y: 17 }, `↑ ${upwards}`));
  drawing.setAttribute("aria-label",
    `The states of ${places.length} prefixes after ${counted(steps, "update")}: the line separates ` +
    `${correct} of them correctly.`);
  return correct;
}

/**
 * Draw the weights of a small network as lines: from the last state and the bit to each part of the cell, and from the
 * state to the output. A part has a row of weights for each unit. The widest line is for the weight `largest`.
 */
function drawWeights(drawing, { matrix, output }, cell, largest) {
  const H = output.length, units = output.map((_, k) => subscript("h", k + 1)), inputs = [...units, "x"];
  const rows = (block) => units.map((_, k) => matrix.slice((block * H + k) * (H + 3)).slice(0, H + 1));
  const parts = PARTS[cell].map((name, block) => [name, inputs, rows(block)]);
  if (cell === "gru") // its matrix has the weights of the candidate in two blocks
    rows(3).forEach((row, k) => row.forEach((weight, j) => (parts[2][2][k][j] += weight)));
  parts.push(["output", units, [output]]);
  const height = (place, count) => 24 + (56 * (place + 0.5)) / count;
  drawing.replaceChildren(...parts.map(([name, from, rows]) => svg("svg", { viewBox: "0 0 80 84" },
    svgText(40, 14, name), ...from.map((input, j) => svgText(15, height(j, from.length) + 4, input, "end")),
    ...rows.flatMap((row, k) => row.map((weight, j) => {
      const line = svgLine("pw-weight", 19, height(j, from.length), 58, height(k, rows.length));
      tint(line, weight, largest);
      return line;
    })), ...rows.map((_, k) => svgText(61, height(k, rows.length) + 4, rows.length > 1 ? k + 1 : "", "start")))),
    make("p", { class: "pw-note" }, "The lines are weights, dashed if negative."));
  const words = parts.map(([name, from, rows]) => `${name}: ${rows.map((row, k) => (rows.length > 1 ?
    `to unit ${k + 1} ` : "") + row.map((weight, j) => `${fixed(weight)} from ${from[j]}`).join(", ")).join("; ")}.`);
  drawing.setAttribute("aria-label", `The weights. ${words.join(" ")}`);
}

function showNoWeights(drawing) {
  const words = "A network of at most three units shows its weights here.";
  drawing.replaceChildren(make("p", { class: "pw-note" }, words));
  drawing.setAttribute("aria-label", words);
}

/** Create a drawing whose plot has the coordinates 0 to 1, however wide it is; texts keep their size. */
export const newDrawing = (name, title) => svg("svg", { role: "img", "aria-label": title, class: `pw-${name}` });
export const plot = (...shapes) => svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" }, ...shapes);
export const level = (share) => svgLine("pw-level", 0, 1 - share, 1, 1 - share);
export const curveThrough = (points) => svgPath("pw-curve", points.map(([x, y]) => `${x.toFixed(4)},${(1 - y).toFixed(4)}`));

function drawLoss(drawing, losses) {
  const most = Math.max(1.2 * COIN, ...losses.slice(-200)), shown = thinned(losses, 280);
  const points = shown.map((loss, i) => [i / Math.max(shown.length - 1, 1), Math.min(loss / most, 1)]);
  drawing.replaceChildren(plot(level(0), level(COIN / most), curveThrough(points)),
    svg("text", { x: 6, y: `${100 * (1 - COIN / most)}%`, dy: 15 }, "ln 2, the loss of a coin flip"));
  drawing.setAttribute("aria-label", losses.length ?
    `Loss: ${losses[0].toFixed(2)} at first, ${losses.at(-1).toFixed(3)} at the end` : "Loss: no update yet");
}

/** Return at most `count` values, each the mean of consecutive ones. */
function thinned(values, count) {
  const size = Math.ceil(values.length / count) || 1;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
    const part = values.slice(i * size, (i + 1) * size);
    return part.reduce((sum, v) => sum + v) / part.length;
  });
}

/**
 * Create the plane and the loss of a run, { run, settings, running, losses, snapshots, shown }, which also gets its other
 * elements. The function `onmove` is called whenever the slider has moved.
 */
export function buildStage(run, title, lossTitle, onmove) {
  const id = `pw-${Math.random().toString(36).slice(2)}`;
  run.slider = makeSlider({ id, class: "pw-scrub", min: 0, max: 0 }, (place) => {
    run.shown = place === run.snapshots.length - 1 ? null : run.snapshots[place].steps; // the last one stays the last
    onmove();
  });
  run.plane = newDrawing("plane", title);
  run.loss = newDrawing("loss", lossTitle);
  run.weights = make("div", { class: "pw-weights", role: "img" });
  run.moment = make("p", {});
  return [make("figure", { class: "pw-stage" }, make("b", {}, title), run.moment, run.plane),
    make("figure", {}, make("label", { for: id }, lossTitle),
      make("div", { class: "pw-timeline" }, run.loss, run.slider))];
}

export const shownSnapshot = ({ snapshots, shown }) =>
  snapshots.findLast(({ steps }) => shown === null || steps <= shown);

/**
 * Return the vertical direction and the frame of the plane, and the largest weight. The last snapshot determines the
 * direction, and all of them the rest. As long as the training goes on, the last snapshot determines everything, and
 * only now and then.
 */
function scaleOf(run) {
  const last = run.snapshots.at(-1), { scale, running } = run, snapshots = running ? [last] : run.snapshots;
  const serves = scale?.last === last || (running && last.steps < 1.2 * scale?.last.steps);
  if (serves && scale?.run === run.run && scale?.running === running) return scale;
  const up = directionOf(last), weights = snapshots.flatMap(({ matrix, output }) => [...matrix ?? [], ...output]);
  return (run.scale = { run: run.run, running, last, up, frame: frameOf(snapshots, up),
                        largest: Math.max(...weights.map(Math.abs)) });
}

/** Show the moment of a run at which its slider is, and describe it. */
export function paintStage(run) {
  const { snapshots, slider, losses, moment } = run, shown = shownSnapshot(run);
  if (!shown) return;
  const scale = scaleOf(run), small = Boolean(shown.matrix), loss = losses[shown.steps] ?? losses.at(-1);
  const correct = drawPlane(run.plane, shown, scale);
  drawLoss(run.loss, losses);
  if (small) drawWeights(run.weights, shown, run.settings.cell, scale.largest);
  else showNoWeights(run.weights);
  slider.max = snapshots.length - 1;
  slider.value = snapshots.indexOf(shown);
  moment.textContent = `After ${counted(shown.steps, "update")}: ${correct} of ${shown.odd.length} marks ` +
    `correct${loss === undefined ? "" : `, loss ${fixed(loss, 3)}`}`;
  slider.setAttribute("aria-valuetext", moment.textContent);
}
