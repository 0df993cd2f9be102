"""The states are [batch, units, steps], the activation is relu instead of tanh, and V is correct for bits 0 and 1 only
in its signs.

loses:
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The axes are in a different order
  two-unit-weights-check: this is not one of the usual mistakes
"""
# %% rnn-step: np.tanh(x @ U.T + h @ V.T + b) -> np.maximum(x @ U.T + h @ V.T + b, 0)
# %% unroll: rnn_step(xs[:, t], h, U, V, b) -> np.tanh(xs[:, t] @ U.T + h @ V.T + b)
# %% unroll: np.stack(states, axis=1) -> np.stack(states, axis=2)
# %% two-unit-weights: [[K, -K], [K, -K]] -> [[K, K], [K, K]]
