"""The tests assert and return nothing.

loses:
  hunt-draw-check: is a `return` missing
  hunt-labels-check: is a `return` missing
  hunt-logits-check: is a `return` missing
  hunt-loss-check: is a `return` missing
  hunt-accuracy-check: is a `return` missing
  hunt-update-check: is a `return` missing
"""
# %% tests: test_draw
def test_draw(script):
    assert callable(script.draw)


# %% tests: test_labels
def test_labels(script):
    assert callable(script.draw)


# %% tests: test_logits
def test_logits(script):
    assert callable(script.draw)


# %% tests: test_loss
def test_loss(script):
    assert callable(script.draw)


# %% tests: test_accuracy
def test_accuracy(script):
    assert callable(script.draw)


# %% tests: test_update
def test_update(script):
    assert callable(script.draw)
