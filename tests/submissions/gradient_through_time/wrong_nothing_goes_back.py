"""The backward pass leaves out the gradient that goes to the state before.

loses:
  gradients-check: nothing is passed to earlier states
"""
# %% gradients: from_later = before ->
