"""last_valid, a task of two points, returns the last column. Everything that builds on it is correct and keeps its
points.

loses:
  last-valid-check: this is the last column
"""
# %% last-valid: outputs[torch.arange(len(outputs)), lengths - 1] -> outputs[:, -1]
