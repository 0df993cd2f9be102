"""Every test returns False.

loses:
  hunt-draw-check: a false alarm
  hunt-labels-check: a false alarm
  hunt-logits-check: a false alarm
  hunt-loss-check: a false alarm
  hunt-accuracy-check: a false alarm
  hunt-update-check: a false alarm
"""
# %% tests: test_draw
def test_draw(script):
    return False


# %% tests: test_labels
def test_labels(script):
    return False


# %% tests: test_logits
def test_logits(script):
    return False


# %% tests: test_loss
def test_loss(script):
    return False


# %% tests: test_accuracy
def test_accuracy(script):
    return False


# %% tests: test_update
def test_update(script):
    return False
