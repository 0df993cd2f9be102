"""Asserts, and no return.

loses:
  hunt-draw-check: is a `return` missing
  hunt-labels-check: is a `return` missing
  hunt-logits-check: is a `return` missing
  hunt-loss-check: is a `return` missing
  hunt-accuracy-check: is a `return` missing
  hunt-update-check: is a `return` missing
"""
# %% tests
def test_draw(script):
    assert callable(script.draw)


def test_labels(script):
    assert callable(script.draw)


def some_weights():
    """Weights U, V, b, W, c of a net with three units, as the script takes them."""
    rng = np.random.default_rng(0)
    return [torch.tensor(rng.normal(size=shape)).requires_grad_() for shape in ((3, 1), (3, 3), 3, (1, 3), 1)]


def test_logits(script):
    assert callable(script.draw)


def test_loss(script):
    assert callable(script.draw)


def test_accuracy(script):
    assert callable(script.draw)


def test_update(script):
    assert callable(script.draw)
