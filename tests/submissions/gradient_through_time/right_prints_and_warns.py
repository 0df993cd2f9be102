"""The answers are correct, print while they work, and warn on stderr. Noise costs no points."""
# %% added before output-gradient
import logging
import sys
import warnings
# %% output-gradient
def output_gradient(logits, labels, mask):
    print("logits:", logits)
    warnings.warn("a warning of my own", stacklevel=1)
    return np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0) / mask.sum()
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    np.log(np.zeros(1))
    worst = 0.0
    for weight, claimed in zip(weights, gradient):
        found = np.zeros(weight.shape)
        for place in np.ndindex(weight.shape):
            old = weight[place]
            values = []
            for step in (2e-4, 1e-4, -1e-4, -2e-4):
                weight[place] = old + step
                values.append(loss(weights))
            weight[place] = old
            found[place] = (8 * (values[1] - values[2]) - (values[0] - values[3])) / 12e-4
        with np.errstate(all="ignore"):
            share = np.abs(found - claimed).max() / np.abs(found).max()
        print("off by", share, file=sys.stderr)
        if np.abs(found).max() < 1e-13:
            share = np.abs(claimed).max() / 1e-13
        worst = np.maximum(worst, share)
    logging.warning("worst %s", worst)
    return bool(worst < 1e-3)
