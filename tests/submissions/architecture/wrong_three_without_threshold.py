"""The student forgets the constant of the output, so remainder 0 gives 0, which is not positive.

loses:
  multiple-of-three-check: c is no threshold between
"""
# %% multiple-of-three
def multiple_of_three():
    return (np.array([[1.0], [1.0]]), np.array([[1.0, -3.0], [1.0, -3.0]]), np.array([0.0, -2.0]), np.array([[-1.0, 3.0]]), np.array([0.0]))
