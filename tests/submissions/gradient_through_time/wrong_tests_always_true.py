"""Every test returns True.

loses:
  hunt-draw-check: True for
  hunt-labels-check: True for
  hunt-logits-check: True for
  hunt-loss-check: True for
  hunt-accuracy-check: True for
  hunt-update-check: True for
"""
# %% tests: test_draw
def test_draw(script):
    return True


# %% tests: test_labels
def test_labels(script):
    return True


# %% tests: test_logits
def test_logits(script):
    return True


# %% tests: test_loss
def test_loss(script):
    return True


# %% tests: test_accuracy
def test_accuracy(script):
    return True


# %% tests: test_update
def test_update(script):
    return True
