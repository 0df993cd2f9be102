"""A hundred-millionth is added to the tolerance.

loses:
  gradient-is-right-check: all of it below a millionth
"""
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    for weight, claimed in zip(weights, gradient):
        found = np.zeros(weight.shape)
        for number, place in enumerate(np.ndindex(weight.shape)):
            before, step = weight[place], 1e-5
            if False:
                found[place] = claimed[place]
                continue
            weight[place] = before + step
            above = loss(weights)
            weight[place] = before - step
            below = loss(weights)
            weight[place] = before
            found[place] = (above - below) / (2 * step)
        if not np.all(np.abs(found - claimed) <= 1e-3 * np.abs(found).max() + 1e-8):
            return False
    return True
