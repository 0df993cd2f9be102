"""The test's weights have no gradient, so the test itself stops.

loses:
  hunt-update-check: your test itself stops
  hunt-logits-check: your test itself stops
"""
# %% tests: test_logits
def test_logits(script):
    return bool((script.logits(some_weights(), np.zeros((2, 3))) == 0).all())


# %% tests: test_update
def test_update(script):
    weights = [weight.detach() for weight in some_weights()]
    script.update(weights, torch.tensor([[1, 0, 1]]), torch.ones(1, 3, dtype=torch.bool), 0.1, 1.0)
    return True
