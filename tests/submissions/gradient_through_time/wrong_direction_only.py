"""A gradient is accepted if it points in the right direction, whatever its size.

loses:
  gradient-is-right-check: may have the wrong size
"""
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    found = []
    for weight in weights:
        for place in np.ndindex(weight.shape):
            before = weight[place]
            weight[place] = before + 1e-5
            above = loss(weights)
            weight[place] = before - 1e-5
            below = loss(weights)
            weight[place] = before
            found.append((above - below) / 2e-5)
    claimed = np.concatenate([np.ravel(array) for array in gradient])
    lengths = np.linalg.norm(found) * np.linalg.norm(claimed)
    return bool(np.dot(found, claimed) >= (1 - 1e-7) * lengths)
