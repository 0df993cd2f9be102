"""The weights are those of the chapter's pair for parity, which counts by two.

loses:
  multiple-of-three-check: Make the table of the hint
"""
# %% multiple-of-three
def multiple_of_three():
    return (np.array([[1.0], [1.0]]), np.array([[1.0, -2.0], [1.0, -2.0]]), np.array([0.0, -1.0]), np.array([[-1.0, 2.0]]), np.array([0.5]))
