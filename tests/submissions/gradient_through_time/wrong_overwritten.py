"""The code has `=` where `+=` belongs.

loses:
  gradients-check: replaces the one before
"""
# %% gradients: dU += -> dU =
# %% gradients: dV += -> dV =
# %% gradients: db += -> db =
# %% gradients: dW = ->
dW = at_logits[:, :1].T @ states[:, 1]
# %% gradients: at_logits.sum(keepdims=True)[0] -> at_logits[:, 0].sum(keepdims=True)
