"""The student adds a helper cell with imports, uses a lambda, and changes the states in place."""
# %% added before parity
import functools
import operator

def odd(string):
    return functools.reduce(operator.xor, string.tolist(), 0)
# %% parity
parity = lambda bits: np.fromiter((odd(string) for string in bits), dtype=np.uint8)
# %% added before rnn-step
def affine(A, x):
    return np.einsum("ij,bj->bi", A, x)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    h *= 1.0
    h[:] = np.tanh(affine(U, x) + affine(V, h) + b[None, :])
    return h
# %% unroll
def unroll(xs, h0, U, V, b):
    states = []
    for x in xs.transpose(1, 0, 2):
        states.append(rnn_step(x, h0, U, V, b).copy())
    return np.array(states).swapaxes(0, 1)
# %% two-unit-weights
def two_unit_weights():
    K = 4
    U, V = np.full((2, 1), K), K * np.array([[1, -1], [1, -1]])
    return [U, V, np.array([0, -2 * K]), np.array([[1, -1]]), np.array([-1])]
