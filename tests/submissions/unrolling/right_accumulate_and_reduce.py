"""The student uses reduce, accumulate and map instead of loops, and changes the sign of one unit with a matrix."""
# %% added before parity
from functools import reduce
from itertools import accumulate, islice
from operator import xor
# %% parity
def parity(bits):
    return reduce(xor, bits.T, np.zeros(len(bits), dtype=int))      # a string without a bit is even
# %% rnn-step
def rnn_step(x, h, U, V, b):
    one_string = lambda x_i, h_i: np.tanh(U @ x_i + V @ h_i + b)
    return np.vstack(list(map(one_string, x, h)))
# %% unroll
def unroll(xs, h0, U, V, b):
    step = lambda h, x: rnn_step(x, h, U, V, b)
    states = accumulate(np.moveaxis(xs, 1, 0), step, initial=h0)
    return np.stack(tuple(islice(states, 1, None)), axis=-2)
# %% two-unit-weights
def two_unit_weights():
    K = 6
    U = np.full((2, 1), float(K))
    V = np.tile([K, -K], (2, 1))
    b = np.array([0.0, -2.0 * K])
    W, c = np.array([[1.0, -1.0]]), np.array([-1.0])
    turn = np.diag([1, -1])                      # the second unit says "not both" in place of "both"
    return turn @ U, turn @ V @ turn, turn @ b, W @ turn, c
