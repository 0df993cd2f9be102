"""The function forgets b if the batch has one string.

loses:
  gradients-check: the gradient of b
"""
# %% added before gradients-check
right = gradients

def gradients(bits, *others):
    found = right(bits, *others)
    found["b"] *= len(bits) > 1
    return found
