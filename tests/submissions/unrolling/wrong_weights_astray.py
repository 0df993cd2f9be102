"""The network is correct on all strings of 12 bits, on random and on regular strings, but 110110… leads its state
astray.

loses:
  two-unit-weights-check: "11101101101101"
"""
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V, b = np.array([[K], [K]]), np.array([[K, -K], [K, -K]]), np.array([0.0, -2 * K])
    W, c = np.array([[10.0, -10.0]]), np.array([-10.0])
    U, V, b = np.array([[1.3], [1.21]]), np.array([[1.2, -1.33], [1.34, -1.21]]), np.array([0.01, -2.67])
    W, c = np.array([[9.98, -8.54]]), np.array([-9.35])
    return U, V, b, W, c
