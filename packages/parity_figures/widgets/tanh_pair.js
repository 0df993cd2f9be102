// A network of two tanh units: its forward pass, and a drawing of its states. Its eleven weights are in the order of
// parity_study.experiments.guessing: U1, V11, V12 and b1 of the first unit, U2, V21, V22 and b2 of the second, W1, W2, c.

const SIDE = 300, REACH = 1.3; // of the drawing, and of the plane in each direction
const PLANE = squarePlot(SIDE, -REACH, REACH);
const SQUARE = [[-REACH, -REACH], [REACH, -REACH], [REACH, REACH], [-REACH, REACH]];
const FINENESS = 50; // states that are equal after rounding to 1/50 share a mark

/** Read inputs from the state `h`, which is overwritten, and return the logit after the last input. */
function readByPair([u1, v11, v12, b1, u2, v21, v22, b2, w1, w2, c], inputs, h) {
  let first = h[0], second = h[1];
  for (let t = 0; t < inputs.length; t++) {
    const a = u1 * inputs[t] + v11 * first + v12 * second + b1;
    second = Math.tanh(u2 * inputs[t] + v21 * first + v22 * second + b2);
    first = Math.tanh(a);
  }
  h[0] = first;
  h[1] = second;
  return w1 * first + w2 * second + c;
}

/** Return the corners of the part of the plane in which the logit is positive, and the ends of its border. */
function oddRegion(weights) {
  const logits = SQUARE.map((corner) => readByPair(weights, [], corner)), corners = [], border = [];
  SQUARE.forEach((corner, i) => {
    const next = (i + 1) % 4, share = logits[i] / (logits[i] - logits[next]);
    if (logits[i] > 0) corners.push(corner);
    if (logits[i] > 0 === logits[next] > 0) return;
    border.push(corner.map((v, k) => v + (SQUARE[next][k] - v) * share));
    corners.push(border.at(-1));
  });
  return { corners, border };
}

/** Paint states, lists of [h1, h2] by the parity of their strings, on the plane that the readout divides, and marks. */
function paintPlane(drawing, weights, states, ...marks) {
  const spot = ([x, y]) => PLANE.point(x, y), { corners, border } = oddRegion(weights);
  const dots = (name, list) => svg("path", { class: name, d: [...new Set(list.map((h) =>
    `M${spot(h.map((v) => Math.round(v * FINENESS) / FINENESS))}h0`))].join("") });
  const byLogit = SQUARE.map((corner) => [readByPair(weights, [], corner), corner]).sort(([a], [b]) => a - b);
  const word = ([logit, [x, y]], answer) => (answerOf(logit) !== answer ? [] :
    [svgText(x < 0 ? 8 : SIDE - 8, y < 0 ? SIDE - 9 : 20, `answers ${answer}`, x < 0 ? "start" : "end")]);
  drawing.replaceChildren(svg("rect", { class: "pw-even-region", width: SIDE, height: SIDE }),
    svg("polygon", { class: "pw-odd-region", points: corners.map(spot).join(" ") }),
    svgPath("pw-readout", border.map(spot)), svg("rect", { class: "pw-frame", width: SIDE, height: SIDE }),
    ...word(byLogit[0], "even"), ...word(byLogit[3], "odd"),
    ...[-1, 0, 1].flatMap((tick) => [svgText(PLANE.at(tick), SIDE + 17, fixed(tick, 0)),
                                     svgText(-6, SIDE - PLANE.at(tick) + 5, fixed(tick, 0), "end")]),
    svgText(SIDE / 2, SIDE + 33, "first unit"),
    svg("text", { "text-anchor": "middle", transform: `translate(-25 ${SIDE / 2}) rotate(-90)` }, "second unit"),
    dots("pw-even-dots", states[0]), dots("pw-odd-dots", states[1]), ...marks);
}

/** Create an empty drawing for the plane. */
const makePlane = () => svg("svg", { viewBox: "-40 -2 343 340", role: "img" });
