"""An additional unit counts all ones, takes no part in the answer, and never comes back to an earlier value.

loses:
  multiple-of-three-check: does a unit only grow
"""
# %% multiple-of-three
def multiple_of_three():
    p, count = [1.0, -3.0, 0.0], [0.0, 0.0, 1.0]
    return np.ones((3, 1)), np.array([p, p, count]), np.array([0.0, -2.0, 0.0]), -np.array([p]), np.array([0.5])
