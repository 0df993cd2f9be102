"""The tests use asserts, and stop with an error where they would return False."""
# %% tests
def test_draw(script):
    rng = np.random.default_rng(5)
    seen, all_bits = [], []
    for _ in range(400):
        bits, mask = script.draw(3, 4, rng)
        assert bits.shape == mask.shape == (3, 4)
        assert (mask.int().diff(dim=1) <= 0).all()
        seen += mask.sum(dim=1).tolist()
        assert mask.sum(dim=1).min() >= 1
        all_bits += bits.flatten().tolist()
    assert set(seen) == {1, 2, 3, 4}
    assert max(seen.count(length) for length in (1, 2, 3, 4)) < 0.32 * len(seen)
    _, mask = script.draw(50, 8, rng)
    assert len(set(mask.sum(dim=1).tolist())) > 1
    assert set(all_bits) == {0, 1}
    return True


def test_labels(script):
    for row in np.array([[[1, 1, 1, 0, 0, 1, 0, 1, 0]], [[1, 0, 0, 0, 0, 0, 0, 0, 0]]]):
        both = torch.tensor(np.concatenate([row, 1 - row]))
        parity = 0
        for t, bit in enumerate(row[0]):
            parity ^= int(bit)
            assert script.labels(both)[:, t].tolist() == [parity, (parity + t + 1) % 2]
    return True


def some_weights():
    torch.manual_seed(3)
    return [(2 * torch.rand(shape).double() - 1).requires_grad_() for shape in ((2, 1), (2, 2), (2,), (1, 2), (1,))]


def test_logits(script):
    weights = some_weights()
    U, V, b, W, c = [one.detach().numpy() for one in weights]
    bits = np.random.default_rng(1).integers(2, size=(4, 8))
    out = script.logits(weights, torch.tensor(bits))
    expected = forward(bits, U, V, b, W, c)
    assert np.abs(out.detach().numpy() - expected).max() < 1e-9
    mine = backward(1 / (1 + np.exp(-expected)), bits, U, V, b, W, c)
    torch.nn.functional.softplus(out).sum().backward()
    return all(np.allclose(weight.grad.numpy(), gradient) for weight, gradient in zip(weights, mine))


def test_loss(script):
    weights = some_weights()
    bits = torch.randint(2, (5, 6))
    mask = torch.rand(5, 6) < 0.5
    mask[0] = True
    scores, y = script.logits(weights, bits), script.labels(bits)
    total = sum(torch.nn.functional.softplus(-s if int(l) else s) for s, l in zip(scores[mask], y[mask]))
    return abs(float(script.loss(weights, bits, mask)) - float(total) / int(mask.sum())) < 1e-9


def test_accuracy(script):
    weights = some_weights()
    rng = np.random.default_rng(2)
    for turn in range(20):
        if turn == 10:
            weights = [0 * one for one in weights]
        bits = torch.tensor(rng.integers(2, size=(3, 5)))
        mask = torch.tensor(rng.integers(2, size=(3, 5))) == 1
        if not mask.any():
            continue
        says = (script.logits(weights, bits) > 0).int()
        assert abs(script.accuracy(weights, bits, mask) - (says == script.labels(bits))[mask].float().mean().item()) < 1e-6
    return True


def test_update(script):
    bits, mask = torch.tensor([[1, 1, 0]]), torch.tensor([[True, True, True]])
    for bound in (1e9, 1e-3):
        weights = some_weights()
        for _ in range(2):
            g = torch.autograd.grad(script.loss(weights, bits, mask), weights)
            norm = torch.cat([one.flatten() for one in g]).norm()
            old = torch.cat([one.detach().flatten() for one in weights])
            script.update(list(weights), bits, mask, 0.5, bound)
            new = torch.cat([one.detach().flatten() for one in weights])
            expected = old - 0.5 * torch.cat([one.flatten() for one in g]) * torch.clamp(bound / norm, max=1)
            assert torch.allclose(new, expected, rtol=1e-9, atol=1e-12)
    return True
