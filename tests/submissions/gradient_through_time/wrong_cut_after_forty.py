"""The backward pass goes back 40 time steps and no further.

loses:
  gradients-check: the gradient of h0
"""
# %% gradients: from_later = before_tanh @ V -> from_later = before_tanh @ V * (t > bits.shape[1] - 41)
