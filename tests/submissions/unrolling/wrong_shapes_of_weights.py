"""Some weights are rows instead of columns, the activation is a sigmoid instead of tanh, and the input is not used.

loses:
  two-unit-weights-check: two axes are swapped
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The first state is wrong already
"""
# %% rnn-step: np.tanh(x @ U.T + h @ V.T + b) -> 1 / (1 + np.exp(-(x @ U.T + h @ V.T + b)))
# %% unroll: rnn_step(xs[:, t], h, U, V, b) -> np.tanh(h @ V.T + b)
# %% two-unit-weights: [[K], [K]] -> [[K, K]]
