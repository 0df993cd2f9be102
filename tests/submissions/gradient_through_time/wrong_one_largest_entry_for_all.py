"""The tolerance is made from the largest entry of all arrays.

loses:
  gradient-is-right-check: of the same array
"""
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    step, most = 1e-5, max(np.abs(one).max() for one in gradient)
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
        if not np.all(np.isfinite(claimed)) or np.any(np.abs(found - claimed) > 1e-3 * most + 1e-12):
            return False
    return True
