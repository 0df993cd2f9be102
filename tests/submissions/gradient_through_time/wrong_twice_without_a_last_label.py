"""All gradients are doubled if no string has a label at its last time step.

loses:
  gradients-check: the gradient of
"""
# %% added before gradients-check
right = gradients

def gradients(bits, labels, mask, *weights):
    found = right(bits, labels, mask, *weights)
    return found if mask[:, -1].any() else {name: 2 * one for name, one in found.items()}
