"""The test makes one update, without clipping.

loses:
  hunt-update-check: True for
"""
# %% tests: test_update
def test_update(script):
    weights, bits, mask = some_weights(), torch.tensor([[1, 0, 1]]), torch.ones(1, 3, dtype=torch.bool)
    gradient = torch.autograd.grad(script.loss(weights, bits, mask), weights)
    before = [weight.detach().clone() for weight in weights]
    script.update(weights, bits, mask, 0.1, 1e9)
    return all(torch.allclose(new.detach(), old - 0.1 * one) for new, old, one in zip(weights, before, gradient))
