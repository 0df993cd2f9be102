"""The gradient of V uses h_t instead of h_(t-1).

loses:
  gradients-check: All other gradients are correct
"""
# %% gradients: before_tanh.T @ states[:, t] -> before_tanh.T @ states[:, t + 1]
