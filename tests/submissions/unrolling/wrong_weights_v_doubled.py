"""The student doubles V in the substitution, which changes U and b only.

loses:
  two-unit-weights-check: This is not one of the usual mistakes
"""
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V, b = np.array([[K], [K]]), np.array([[K, -K], [K, -K]]), np.array([0.0, -2 * K])
    W, c = np.array([[10.0, -10.0]]), np.array([-10.0])
    V = 2 * V
    return U, V, b, W, c
