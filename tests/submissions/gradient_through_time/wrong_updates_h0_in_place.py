"""The function changes the first state that it is given.

loses:
  gradients-check: belong to the caller
"""
# %% added before gradients-check
right = gradients

def gradients(*given):
    found = right(*given)
    given[-1][:] -= 0.1 * found["h0"]
    return found
