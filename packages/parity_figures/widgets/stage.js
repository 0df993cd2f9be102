// The stage of a training run, for playground.js: hidden states as marks in a plane, and a loss curve that is a slider.

const LEAST_LOGIT = 4; // the plane reaches at least to this logit, so that new networks have close states

/** Return the state after each prefix, [prefixes][hidden]. */
const statesOf = ({ states, output, count }) => Array.from({ length: states.length / output.length }, (_, i) =>
  output.map((_, k) => states[(Math.floor(i / count) * output.length + k) * count + (i % count)]));

/**
 * Return a direction at right angles to the readout in which the states of a snapshot vary most, or null for one unit.
 * The direction is that of the largest principal component, found by repeated multiplication with the covariance.
 */
function directionOf(snapshot) {
  const { output } = snapshot, states = statesOf(snapshot);
  if (output.length === 1) return null;
  const mean = output.map((_, k) => states.reduce((sum, state) => sum + state[k], 0) / states.length);
  const apart = states.map((state) => state.map((v, k) => v - mean[k]));
  const covariance = mean.map((_, k) => mean.map((_, l) => apart.reduce((sum, v) => sum + v[k] * v[l], 0)));
  const aside = (v) => {
    const along = dot(output, v) / (dot(output, output) || 1), rest = v.map((value, k) => value - along * output[k]);
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
  const { output, bias, count } = snapshot, states = statesOf(snapshot);
  const logits = states.map((state) => dot(output, state) + bias);
  const height = (state, i) => (up ? dot(up, state) : Math.floor(i / count) + 1);
  return { logits, places: output.length === 2 ? states : states.map((state, i) => [logits[i], height(state, i)]) };
}

/** Explain the plane of a network with so many hidden units, and the loss below it. */
function legendOf(hidden) {
  const up = hidden === 1 ? "the number of bits that it has read" : "one more direction, in which the states differ most " +
    "at the end of the run";
  const axes = hidden === 2 ? "The axes are the two units, and on the dashed line the output is 0."
    : `From left to right: the network's output, which is 0 on the dashed line. Upwards: ${up}.`;
  return "Each mark is the hidden state after some bits: a circle if their parity is even, a square if it is odd, and " +
    `smaller the more bits there are. ${axes} The loss of a network that tosses a coin is ln 2.`;
}

/** Return the number of correct answers of a snapshot. */
const correctOf = ({ odd }, logits) => logits.filter((logit, i) => logit > 0 === (odd[i] === 1)).length;

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
  const margin = low.map((v, axis) => 0.05 * (high[axis] - v));
  return { low: low.map((v, axis) => v - margin[axis]), high: high.map((v, axis) => v + margin[axis]) };
}

/** Return a place as shares of the width and the height, from the upper left corner. */
const sharesOf = ({ low, high }, place) => {
  const [x, y] = place.map((v, axis) => (v - low[axis]) / (high[axis] - low[axis]));
  return [x, 1 - y];
};

/** Draw the states of a snapshot, the line on which the logit is 0, and the side of it where the answer is odd. */
function drawPlane(drawing, snapshot, { up, frame }) {
  const { odd, output, bias, steps } = snapshot, { places, logits } = placesOf(snapshot, up);
  const [normal, offset] = output.length === 2 ? [output, bias] : [[1, 0], 0], far = 1e3;
  const size = Math.hypot(...normal) || 1, [a, b] = normal.map((v) => v / size), off = -offset / size;
  const corner = (along, away) => sharesOf(frame, [a * (off + away) - b * along, b * (off + away) + a * along]);
  const line = [corner(-far, 0), corner(far, 0)];
  const marks = places.map((place, i) => {
    const [x, y] = sharesOf(frame, place).map((share) => `${(100 * share).toFixed(2)}%`);
    const r = 5 - 3 * (i / places.length);
    return odd[i] ? svg("rect", { class: "pw-odd-state", x, y, width: 1.8 * r, height: 1.8 * r,
                                  transform: `translate(${-0.9 * r} ${-0.9 * r})` }) :
      svg("circle", { class: "pw-even-state", cx: x, cy: y, r });
  });
  drawing.replaceChildren(svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" },
    svg("rect", { class: "pw-even-region", width: 1, height: 1 }),
    svg("polygon", { class: "pw-odd-region", points: [...line, corner(far, far), corner(-far, far)].join(" ") }),
    svgLine("pw-readout", ...line.flat())), ...marks);
  drawing.setAttribute("aria-label", 
    `The states of ${places.length} prefixes after ${counted(steps, "update")}: the line separates ` +
    `${correctOf(snapshot, logits)} of them correctly.`);
}
