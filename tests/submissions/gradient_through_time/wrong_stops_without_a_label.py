"""The mask is applied to the whole gradient at each time step, also to the part that only passes through.

loses:
  gradients-check: The gradients of W and c are correct
"""
# %% gradients: from_later = before_tanh @ V -> from_later = before_tanh @ V * mask[:, t:t + 1]
