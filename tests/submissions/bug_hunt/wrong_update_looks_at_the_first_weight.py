"""The test looks only at whether the first weight has moved correctly.

loses:
  hunt-update-check: by how much does each weight move
"""
# %% tests: test_update
def test_update(script):
    bits, mask = torch.tensor([[1, 0, 0, 1]]), torch.ones(1, 4, dtype=torch.bool)
    for share in (0.5, 2.0):
        weights = some_weights()
        for _ in range(3):
            first, before = weights[0], weights[0].detach().clone()
            gradient = torch.autograd.grad(script.loss(weights, bits, mask), weights)
            norm = sum((one ** 2).sum() for one in gradient).sqrt().item()
            script.update(weights, bits, mask, 0.1, share * norm)
            if not torch.allclose(first.detach(), before - 0.1 * gradient[0] * min(1, share)):
                return False
    return True
