"""One function prints its answer and returns nothing, and another returns a list instead of an array.

loses:
  parity-check: gives None (is a `return` missing?)
  rnn-step-check: gives None (is a `return` missing?)
  unroll-check: np.array(...) or torch.tensor(...) turns a list into one
  two-unit-weights-check: is a `return` missing?
"""
# %% parity
def parity(bits):
    print(bits.sum(axis=1) % 2)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    h = np.tanh(x @ U.T + h @ V.T + b)
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return states
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
