"""A third of one is not exact in two digits, and what is left over adds up.

loses:
  multiple-of-three-check: the answers on short strings are correct
"""
# %% multiple-of-three
def multiple_of_three():
    return (np.array([[0.33], [0.33]]), np.array([[1.0, -3.03], [1.0, -3.03]]), np.array([0.0, -0.66]), np.array([[-1.0, 3.0]]), np.array([0.16]))
