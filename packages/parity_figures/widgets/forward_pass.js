// The forward pass of a one-layer network, whose weights come from `weights` in base.py.

export const sigmoid = (v) => 1 / (1 + Math.exp(-v));
export const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/**
 * Run a network, in the form of `weights` in base.py, over bits. Returns an entry { h, c, a, gates, logit } for the
 * start and for each time step. `a` has the pre-activations and `c` an LSTM's cell state; `gates` has the gates and
 * the candidate of a gated cell by PyTorch's letters.
 */
export function forward(network, bits) {
  const zeros = network.output.map(() => 0), steps = [{ h: zeros, c: zeros }];
  for (const x of bits) {
    const next = cellStep(network, x, steps.at(-1));
    next.logit = dot(network.output, next.h) + network.bias;
    steps.push(next);
  }
  return steps;
}

/** Return the entry of the time step after one with the state h (and c), which reads `x`, a number or several. */
export function cellStep({ cell, matrix }, x, { h, c }) {
  const state = [...h, x, 1, 1].flat(), a = matrix.map((row) => dot(row, state)), size = h.length;
  const block = (k, squash = (v) => v) => a.slice(k * size, (k + 1) * size).map(squash);
  if (cell === "lstm") {
    const [i, f, g, o] = [block(0, sigmoid), block(1, sigmoid), block(2, Math.tanh), block(3, sigmoid)];
    const next = c.map((v, k) => f[k] * v + i[k] * g[k]);
    return { c: next, h: next.map((v, k) => o[k] * Math.tanh(v)), gates: { i, f, g, o } };
  }
  if (cell === "gru") {
    const [r, z, fromInput, fromState] = [block(0, sigmoid), block(1, sigmoid), block(2), block(3)];
    const n = fromInput.map((v, k) => Math.tanh(v + r[k] * fromState[k]));
    return { h: n.map((v, k) => (1 - z[k]) * v + z[k] * h[k]), gates: { r, z, n } };
  }
  const activation = { tanh: Math.tanh, relu: (v) => Math.max(v, 0) }[cell];
  return { a, h: a.map(activation) };     // fails for an unknown kind of cell
}
