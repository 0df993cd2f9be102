"""last_valid, a task of two points, returns the last column. Everything that builds on it is correct and keeps its
points.

loses:
  last-valid-check: this is the last column
"""

# %% last-valid
def last_valid(outputs, lengths):
    return outputs[:, -1]
