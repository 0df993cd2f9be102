"""The functions raise errors of different kinds: shapes that do not fit, a name that does not exist, endless recursion,
and the end of the program.

loses:
  parity-check: "stopped with SystemExit"
  rnn-step-check: "stopped with ValueError"
  unroll-check: "stopped with RecursionError"
  two-unit-weights-check: "stopped with NameError: name 'k' is not defined (line 2 of its cell)"
"""
# %% parity
def parity(bits):
    raise SystemExit("done")
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(U @ x + V @ h + b)
# %% unroll
def unroll(xs, h0, U, V, b):
    return unroll(xs, h0, U, V, b)
# %% two-unit-weights
def two_unit_weights():
    return np.array([[k], [k]])
