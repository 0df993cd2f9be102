"""The parity loses its axis for a single string, the time step is rounded to half precision, the last state of one
call starts the next call, and the network has three units.

loses:
  parity-check: An axis of size 1 is missing, or there is one too many.
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: 'The same call gave another result before: is a state kept from call to call?'
  two-unit-weights-check: 'two_unit_weights(): U'
"""
# %% parity
def parity(bits):
    return np.squeeze(bits.sum(axis=1, keepdims=True) % 2)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    z = x @ U.T + h @ V.T + b
    return np.tanh(z.astype(np.float16)).astype(float)
# %% unroll
_h = None
def unroll(xs, h0, U, V, b):
    global _h
    h = h0 if _h is None or _h.shape != h0.shape else _h
    states = []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    _h = h
    return np.stack(states, axis=1)
# %% two-unit-weights
def two_unit_weights():
    K = 5.0
    return (np.array([[K], [K], [0.0]]), K * np.array([[1.0, -1.0, 0], [1.0, -1.0, 0], [0, 0, 0]]),
            np.array([0.0, -2 * K, 0]), np.array([[1.0, -1.0, 0]]), np.array([-1.0]))
