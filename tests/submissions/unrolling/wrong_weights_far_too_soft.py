"""With K = 0.7, the states are too near to each other even for short strings.

loses:
  two-unit-weights-check: the units are not sharp enough
"""
# %% two-unit-weights
def two_unit_weights():
    K = 0.7
    U, V = np.array([[K], [K]]), np.array([[K, -K], [K, -K]])
    return U, V, np.array([0.0, -2 * K]), np.array([[10.0, -10.0]]), np.array([-10.0])
