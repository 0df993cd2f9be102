"""The mean of the differences decides.

loses:
  gradient-is-right-check: check every entry
  hunt-logits-check: their gradient wrong
"""
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    step = 1e-5
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
        if not (np.abs(np.mean(found - claimed)) <= 1e-2 * np.abs(found).max() + 1e-12):
            return False
    return True
