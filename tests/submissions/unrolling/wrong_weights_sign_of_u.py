"""The sign of U is wrong, so a one lowers both units.

loses:
  two-unit-weights-check: This is not one of the usual mistakes
"""
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U = np.array([[K], [K]])
    V = np.array([[K, -K], [K, -K]])
    b = np.array([0.0, -2 * K])
    W, c = np.array([[10.0, -10.0]]), np.array([-10.0])
    U = -U
    return U, V, b, W, c
