"""The mask is applied to the whole gradient at each time step, also to the part that only passes through.

loses:
  gradients-check: the gradient stops at positions outside the mask
"""
# %% gradients: from_later = before_tanh @ V -> from_later = before_tanh @ V * mask[:, t:t + 1]
