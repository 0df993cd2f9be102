"""A unit that grows on zeros changes the answer after some hundred of them.

loses:
  multiple-of-three-check: 0 ones in
"""
# %% multiple-of-three
def multiple_of_three():
    U, b = np.array([[1.0], [1.0], [0.0]]), np.array([0.0, -2.0, 1e-13])
    V = np.array([[1.0, -3.0, 0.0], [1.0, -3.0, 0.0], [0.0, 0.0, 1.1]])
    return U, V, b, np.array([[-1.0, 3.0, -1.0]]), np.array([0.5])
