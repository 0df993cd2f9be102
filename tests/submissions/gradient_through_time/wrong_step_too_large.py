"""The step of 0.1 is too large for a loss that bends.

loses:
  gradient-is-right-check: the loss bends within it
"""
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    step = 1e-2
    for weight, claimed in zip(weights, gradient):
        found = np.zeros(weight.shape)
        for place in np.ndindex(weight.shape):
            before = weight[place]
            weight[place] = before + step
            above = loss(weights)
            weight[place] = before - step
            below = loss(weights)
            weight[place] = before
            found[place] = (above - below) / (2 * step)
        if not np.all(np.abs(found - claimed) <= 1e-3 * np.abs(found).max() + 1e-12):
            return False
    return True
