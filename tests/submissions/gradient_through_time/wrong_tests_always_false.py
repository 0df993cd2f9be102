"""Every test complains.

loses:
  hunt-draw-check: a false alarm
  hunt-labels-check: a false alarm
  hunt-logits-check: a false alarm
  hunt-loss-check: a false alarm
  hunt-accuracy-check: a false alarm
  hunt-update-check: a false alarm
"""
# %% tests
def test_draw(script):
    return False


def test_labels(script):
    return False


def some_weights():
    """Weights U, V, b, W, c of a net with three units, as the script takes them."""
    rng = np.random.default_rng(0)
    return [torch.tensor(rng.normal(size=shape)).requires_grad_() for shape in ((3, 1), (3, 3), 3, (1, 3), 1)]


def test_logits(script):
    return False


def test_loss(script):
    return False


def test_accuracy(script):
    return False


def test_update(script):
    return False
