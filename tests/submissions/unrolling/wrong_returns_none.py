"""One function prints its answer and returns nothing, and another returns a list instead of an array.

loses:
  parity-check: gives None (is a `return` missing?)
  rnn-step-check: gives None (is a `return` missing?)
  unroll-check: np.array(...) turns a list into one
  two-unit-weights-check: is a `return` missing?
"""
# %% parity: return bits.sum(axis=1) % 2 -> print(bits.sum(axis=1) % 2)
# %% rnn-step: return np.tanh -> h = np.tanh
# %% unroll: rnn_step(xs[:, t], h, U, V, b) -> np.tanh(xs[:, t] @ U.T + h @ V.T + b)
# %% unroll: return np.stack(states, axis=1) -> return states
# %% two-unit-weights: return U, V, b, W, c -> print(U, V, b, W, c)
