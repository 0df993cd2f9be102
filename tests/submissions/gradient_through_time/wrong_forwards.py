"""The loop of the backward pass runs forwards.

loses:
  gradients-check: "and in which order?"
"""
# %% gradients: reversed(range(bits.shape[1])) -> range(bits.shape[1])
