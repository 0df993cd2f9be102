"""The bias is added to the result of tanh, in rnn_step but not in unroll. In the weights, U is halved and the bias is
forgotten.

loses:
  rnn-step-check: the bias is added after tanh
  two-unit-weights-check: Only U was changed
"""
# %% rnn-step: h @ V.T + b) -> h @ V.T) + b
# %% unroll: rnn_step(xs[:, t], h, U, V, b) -> np.tanh(xs[:, t] @ U.T + h @ V.T + b)
# %% two-unit-weights: [0.0, -2 * K] -> [-K, -3 * K]
