"""The weights are those of the chapter, which are for bits 0 and 1.

loses:
  two-unit-weights-check: These weights fit bits coded as 0 and 1
"""
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V = np.array([[2 * K], [2 * K]]), np.array([[K, -K], [K, -K]])
    return U, V, np.array([-K, -3 * K]), np.array([[10.0, -10.0]]), np.array([-10.0])
