"""Each test looks at one easy case: a short string, shapes, outputs without their gradient, a mask that is True
everywhere, or one update without clipping.

loses:
  hunt-draw-check: which lengths may come up
  hunt-labels-check: for each string by itself
  hunt-logits-check: their gradient wrong
  hunt-loss-check: which positions count
  hunt-accuracy-check: which positions count
  hunt-update-check: True for
"""
# %% tests: test_draw
def test_draw(script):
    bits, mask = script.draw(200, 6, np.random.default_rng(0))
    lengths = mask.sum(dim=1)
    return bits.shape == mask.shape == (200, 6) and lengths.min() > 0 and bool(lengths.max() < 7)
# %% tests: test_labels
def test_labels(script):
    return script.labels(torch.tensor([[1, 0, 1]])).tolist() == [[1, 1, 0]]
# %% tests: test_logits
def test_logits(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1, 1, 0, 1], [0, 1, 1, 0, 0, 0, 1]])
    arrays = [weight.detach().numpy() for weight in weights]
    return np.allclose(script.logits(weights, bits).detach().numpy(), forward(bits.numpy(), *arrays))
# %% tests: test_loss
def test_loss(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1], [0, 1, 1, 0]])
    expected = loss(script.logits(weights, bits).detach().numpy(), script.labels(bits).numpy(), np.full((2, 4), True))
    return np.isclose(script.loss(weights, bits, torch.ones(2, 4, dtype=torch.bool)).item(), expected)
# %% tests: test_accuracy
def test_accuracy(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1], [0, 1, 1, 0]])
    right = (script.logits(weights, bits) > 0) == (script.labels(bits) == 1)
    return np.isclose(script.accuracy(weights, bits, torch.ones(2, 4, dtype=torch.bool)), right.double().mean().item())
# %% tests: test_update
def test_update(script):
    weights, bits, mask = some_weights(), torch.tensor([[1, 0, 1]]), torch.ones(1, 3, dtype=torch.bool)
    gradient = torch.autograd.grad(script.loss(weights, bits, mask), weights)
    before = [weight.detach().clone() for weight in weights]
    script.update(weights, bits, mask, 0.1, 1e9)
    return all(torch.allclose(new.detach(), old - 0.1 * one) for new, old, one in zip(weights, before, gradient))
