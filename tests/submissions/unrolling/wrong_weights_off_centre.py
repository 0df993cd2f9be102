"""The student made a mistake in the algebra of b, which the choice K = 10 hides.

loses:
  two-unit-weights-check: this is not one of the usual mistakes
"""
# %% two-unit-weights
def two_unit_weights():
    W, c = np.array([[10.0, -10.0]]), np.array([-10.0])
    K = 10.0
    U = np.array([[K], [K]])
    V = np.array([[K, -K], [K, -K]])
    b = np.array([0.0, -3.1 * K])
    return U, V, b, W, c
