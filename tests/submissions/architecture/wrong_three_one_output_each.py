"""The network has one output for each remainder.

loses:
  multiple-of-three-check: shape
"""
# %% multiple-of-three
def multiple_of_three():
    return (np.array([[1.0], [1.0]]), np.array([[1.0, -3.0], [1.0, -3.0]]), np.array([0.0, -2.0]), np.array([[-1.0, 3.0], [1.0, -3.0], [0.0, 0.0]]), np.array([0.5, 0.0, 0.0]))
