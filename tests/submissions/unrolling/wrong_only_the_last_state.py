"""The function returns only the last state, and the sum keeps its axis.

loses:
  parity-check: An axis of size 1 is missing, or there is one too many
  unroll-check: only the last state was returned
"""
# %% parity
def parity(bits):
    return bits.sum(axis=1, keepdims=True) % 2
# %% unroll
def unroll(xs, h0, U, V, b):
    h = h0
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t], h, U, V, b)
    return h
