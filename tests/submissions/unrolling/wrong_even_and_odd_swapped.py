"""The function returns 1 for even and 0 for odd, and the output of the network is positive for even.

loses:
  parity-check: even and odd are swapped
  two-unit-weights-check: the answers are the wrong way round
"""
# %% parity
def parity(bits):
    return (bits.sum(axis=1) + 1) % 2
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V = np.array([[K], [K]]), np.array([[K, -K], [K, -K]])
    return U, V, np.array([0.0, -2 * K]), np.array([[-10.0, 10.0]]), np.array([10.0])
