"""The test uses a mask that is True everywhere.

loses:
  hunt-loss-check: which positions count
"""
# %% tests: test_loss
def test_loss(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1], [0, 1, 1, 0]])
    expected = loss(script.logits(weights, bits).detach().numpy(), script.labels(bits).numpy(), np.full((2, 4), True))
    return np.isclose(script.loss(weights, bits, torch.ones(2, 4, dtype=torch.bool)).item(), expected)
