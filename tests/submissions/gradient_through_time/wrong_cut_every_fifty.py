"""The backward pass is cut after every fifty time steps.

loses:
  gradients-check: the gradient of h0
"""
# %% gradients: from_later = before_tanh @ V -> from_later = before_tanh @ V * ((bits.shape[1] - t) % 50 > 0)
