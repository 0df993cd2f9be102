"""The test of draw asks for strings of one bit, on which the given script stops, and floats are compared with
math.isclose. Written in one-liners."""
# %% added before tests
import math
# %% tests
def test_draw(script):
    bits, mask = script.draw(50, 1, np.random.default_rng(3))
    if bits.shape != (50, 1) or not mask.all():
        return False
    bits, mask = script.draw(6000, 3, np.random.default_rng(4))
    shares = [((mask.sum(dim=1) == n).sum() / 6000).item() for n in (1, 2, 3)]
    start = bool((mask[:, 0]).all() and (mask[:, 1] | ~mask[:, 2]).all())
    return start and all(abs(share - 1 / 3) < 0.05 for share in shares) and 0.4 < bits.double().mean() < 0.6


def test_labels(script):
    bits = torch.tensor([[1, 1, 1, 1, 0, 1], [0, 0, 1, 0, 0, 1]])
    return torch.equal(script.labels(bits).long(), torch.tensor([[1, 0, 1, 0, 0, 1], [0, 0, 1, 1, 1, 0]]))


def nets(units=2, seed=5):
    g = torch.Generator().manual_seed(seed)
    shapes = (units, 1), (units, units), (units,), (1, units), (1,)
    return [torch.randn(shape, generator=g, dtype=torch.float64).requires_grad_() for shape in shapes]


def test_logits(script):
    bits = torch.tensor([[0, 1, 1, 0, 1, 0, 0, 1], [1, 0, 0, 1, 0, 1, 1, 1]])
    def own(U, V, b, W, c):
        h, out = torch.zeros(2, 2, dtype=torch.float64), []
        for x in bits.double().T:
            h = torch.tanh(x[:, None] @ U.T + h @ V.T + b)
            out.append((h @ W.T + c)[:, 0])
        return torch.stack(out, 1)
    ours, theirs = nets(), nets()
    a, z = script.logits(ours, bits), own(*theirs)
    a.sum().backward()
    z.sum().backward()
    return torch.allclose(a, z) and all(torch.allclose(one.grad, two.grad) for one, two in zip(ours, theirs))


def test_loss(script):
    bits, weights = torch.tensor([[1, 0, 1], [0, 0, 1], [1, 1, 1]]), nets()
    mask = torch.tensor([[True, False, False], [True, True, False], [True, True, True]])
    out, y = script.logits(weights, bits)[mask].tolist(), script.labels(bits)[mask].tolist()
    each = [math.log1p(math.exp(-o if one else o)) for o, one in zip(out, y)]
    return math.isclose(script.loss(weights, bits, mask).item(), sum(each) / len(each))


def test_accuracy(script):
    bits, weights = torch.from_numpy(np.random.default_rng(8).integers(2, size=(30, 7))), nets(seed=6)
    mask = torch.arange(7) < torch.arange(30)[:, None] % 7 + 1
    out, y = script.logits(weights, bits)[mask].tolist(), script.labels(bits)[mask].tolist()
    share = sum((o > 0) == (one == 1) for o, one in zip(out, y)) / len(out)
    half = [one.detach() * 0 + (i == 4) * 0.3 for i, one in enumerate(weights)]
    nothing = [one.detach() * 0 for one in weights]
    odd = script.labels(bits)[mask].double().mean().item()
    return all(math.isclose(one, two) for one, two in (
        (script.accuracy(weights, bits, mask), share), (script.accuracy(half, bits, mask), odd),
        (script.accuracy(nothing, bits, mask), 1 - odd)))


def test_update(script):
    bits, mask = torch.tensor([[1, 0, 1, 1], [0, 0, 1, 0]]), torch.ones(2, 4, dtype=torch.bool)
    for bound in (1e-3, 1e3):
        ours, theirs = nets(), nets()
        kept = [*ours]
        for _ in range(2):
            script.update(ours, bits, mask, 0.5, bound)
            for one in theirs:
                one.grad = None
            script.loss(theirs, bits, mask).backward()
            size = math.sqrt(sum((one.grad ** 2).sum().item() for one in theirs))
            with torch.no_grad():
                for one in theirs:
                    one -= 0.5 * min(1, bound / size) * one.grad
        if not all(torch.allclose(one, two, rtol=1e-9) for one, two in zip(kept, theirs)):
            return False
    return True
