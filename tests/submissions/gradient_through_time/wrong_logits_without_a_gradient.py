"""The outputs are compared, their gradient is not.

loses:
  hunt-logits-check: their gradient wrong
"""
# %% tests
def test_draw(script):
    """Whether script.draw(batch, longest, rng) keeps to its docstring."""
    bits, mask = script.draw(2000, 6, np.random.default_rng(0))
    lengths = mask.sum(dim=1)
    first = torch.equal(mask, torch.arange(6) < lengths[:, None])
    shares = [(lengths == length).double().mean().item() for length in range(1, 7)]
    return first and min(shares) > 0.1 and max(shares) < 0.25 and set(bits.unique().tolist()) == {0, 1}


def test_labels(script):
    """Whether script.labels(bits) keeps to its docstring."""
    bits = torch.tensor([[1, 0, 1, 1, 1], [0, 1, 1, 0, 1]])
    return script.labels(bits).tolist() == [[1, 1, 0, 1, 0], [0, 1, 0, 0, 1]]


def some_weights():
    """Weights U, V, b, W, c of a net with three units, as the script takes them."""
    rng = np.random.default_rng(0)
    return [torch.tensor(rng.normal(size=shape)).requires_grad_() for shape in ((3, 1), (3, 3), 3, (1, 3), 1)]


def test_logits(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1, 1, 0, 1], [0, 1, 1, 0, 0, 0, 1]])
    arrays = [weight.detach().numpy() for weight in weights]
    return np.allclose(script.logits(weights, bits).detach().numpy(), forward(bits.numpy(), *arrays, np.zeros(3))[1])


def test_loss(script):
    """Whether script.loss(weights, bits, mask) keeps to its docstring."""
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1], [0, 1, 1, 0]])
    mask = torch.tensor([[True, False, False, False], [True, True, True, False]])
    expected = loss(script.logits(weights, bits).detach().numpy(), script.labels(bits).numpy(), mask.numpy())
    return np.isclose(script.loss(weights, bits, mask).item(), expected)


def test_accuracy(script):
    """Whether script.accuracy(weights, bits, mask) keeps to its docstring."""
    zero, bits = torch.zeros(1, dtype=torch.float64), torch.tensor([[1, 0, 0, 1], [0, 0, 1, 0]])
    mask = torch.tensor([[True, True, True, True], [True, True, False, False]])

    def always(output):
        return script.accuracy([zero[:, None], zero[:, None], zero, zero[:, None], zero + output], bits, mask)

    return np.isclose(always(0.2), 3 / 6) and np.isclose(always(-0.2), 3 / 6) and np.isclose(
        script.accuracy([zero[:, None], zero[:, None], zero, zero[:, None], zero + 0.2], bits[:, :3], mask[:, :3]), 3 / 5)


def test_update(script):
    """Whether script.update(weights, bits, mask, rate, bound) keeps to its docstring."""
    bits = torch.tensor([[1, 0, 0, 1], [0, 1, 1, 0]])
    mask = torch.ones(bits.shape, dtype=torch.bool)
    for share in (0.5, 2.0):
        weights = some_weights()
        for _ in range(3):
            before = [weight.detach().clone() for weight in weights]
            gradient = torch.autograd.grad(script.loss(weights, bits, mask), weights)
            norm = sum((one ** 2).sum() for one in gradient).sqrt().item()
            script.update(weights, bits, mask, 0.1, share * norm)
            for weight, old, one in zip(weights, before, gradient):
                if not torch.allclose(weight.detach(), old - 0.1 * one * min(1, share)):
                    return False
    return True
