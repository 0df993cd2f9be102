"""The test uses a mask that is True everywhere.

loses:
  hunt-accuracy-check: which positions count
"""
# %% tests: test_accuracy
def test_accuracy(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1], [0, 1, 1, 0]])
    right = (script.logits(weights, bits) > 0) == (script.labels(bits) == 1)
    return np.isclose(script.accuracy(weights, bits, torch.ones(2, 4, dtype=torch.bool)), right.double().mean().item())
