"""The answers are correct, print while they work, and warn on stderr in three ways. Noise costs no points."""
# %% added before parity
import logging
import sys
import warnings
# %% parity
def parity(bits):
    print("bits:", bits)
    warnings.warn("a warning of my own", stacklevel=1)
    print("to stderr", file=sys.stderr)
    logging.warning("and a log entry")
    return bits.sum(axis=1) % 2
# %% rnn-step
def rnn_step(x, h, U, V, b):
    np.log(np.zeros(1))  # RuntimeWarning: divide by zero
    print(x.shape, h.shape)
    return np.tanh(x @ U.T + h @ V.T + b)
# %% two-unit-weights
def two_unit_weights():
    K = 1e5
    warnings.warn("very sharp", RuntimeWarning, stacklevel=1)
    return np.array([[K], [K]]), np.array([[K, -K], [K, -K]]), np.array([0, -2 * K]), np.array([[K, -K]]), np.array([-K])
