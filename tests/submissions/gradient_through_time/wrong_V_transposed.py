"""The backward pass uses `a @ V.T`, as the forward pass does.

loses:
  gradients-check: V is transposed in the backward pass
"""
# %% gradients: from_later = before_tanh @ V -> from_later = before_tanh @ V.T
