"""The test asks only that the loss becomes smaller.

loses:
  hunt-update-check: what do the second and third update do
"""
# %% tests: test_update
def test_update(script):
    weights, bits, mask = some_weights(), torch.tensor([[1, 0, 1]]), torch.ones(1, 3, dtype=torch.bool)
    before = script.loss(weights, bits, mask).item()
    script.update(weights, bits, mask, 0.01, 1.0)
    return script.loss(weights, bits, mask).item() < before
