"""The states begin with h0, the parity is returned after every bit, and only four arrays of weights are returned.

loses:
  parity-check: the parity after every bit
  unroll-check: is in the result; return the states
  two-unit-weights-check: return all of them, in this order
"""
# %% parity
def parity(bits):
    return np.cumsum(bits, axis=1) % 2
# %% unroll
def unroll(xs, h0, U, V, b):
    states = [h0]
    for t in range(xs.shape[1]):
        states.append(rnn_step(xs[:, t], states[-1], U, V, b))
    return np.stack(states, axis=1)
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    return np.array([[K], [K]]), np.array([[K, -K], [K, -K]]), np.array([0.0, -2 * K]), np.array([[10.0, -10.0]])
