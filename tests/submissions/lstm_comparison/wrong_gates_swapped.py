"""The forget gate and the input gate are swapped, and the median is that of the solved runs.

loses:
  lstm-step-check: The gates are in the wrong order; PyTorch's blocks are input gate, forget gate, candidate, o
  summarise-check: the median of the solved runs alone
"""
# %% lstm-step: i, f, g, o = -> f, i, g, o =
# %% summarise: late = ->
late = [step for step in steps if step is not None]
