"""The columns of V are written as rows.

loses:
  multiple-of-three-check: V is transposed
"""
# %% multiple-of-three
def multiple_of_three():
    return (np.array([[1.0], [1.0]]), np.array([[1.0, 1.0], [-3.0, -3.0]]), np.array([0.0, -2.0]), np.array([[-1.0, 3.0]]), np.array([0.5]))
