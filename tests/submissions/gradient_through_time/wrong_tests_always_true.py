"""Every test is content.

loses:
  hunt-draw-check: True for
  hunt-labels-check: True for
  hunt-logits-check: True for
  hunt-loss-check: True for
  hunt-accuracy-check: True for
  hunt-update-check: True for
"""
# %% tests
def test_draw(script):
    return True


def test_labels(script):
    return True


def some_weights():
    """Weights U, V, b, W, c of a net with three units, as the script takes them."""
    rng = np.random.default_rng(0)
    return [torch.tensor(rng.normal(size=shape)).requires_grad_() for shape in ((3, 1), (3, 3), 3, (1, 3), 1)]


def test_logits(script):
    return True


def test_loss(script):
    return True


def test_accuracy(script):
    return True


def test_update(script):
    return True
