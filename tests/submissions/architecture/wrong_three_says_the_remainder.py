"""The output is the remainder, so it is positive where it should not be.

loses:
  multiple-of-three-check: W computes the remainder
"""
# %% multiple-of-three
def multiple_of_three():
    return (np.array([[1.0], [1.0]]), np.array([[1.0, -3.0], [1.0, -3.0]]), np.array([0.0, -2.0]), np.array([[1.0, -3.0]]), np.array([0.0]))
