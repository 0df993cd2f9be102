"""The tests draw a new case each time."""
# %% tests
fresh = np.random.default_rng(11)

def test_draw(script):
    rng = fresh
    longest = 5
    bits, mask = script.draw(4000, longest, rng)
    counts = np.bincount(mask.sum(dim=1).numpy(), minlength=longest + 1)
    ordered = bool((mask[:, 1:] <= mask[:, :-1]).all())
    return ordered and counts[0] == 0 and counts[1:].min() > 500 and abs(bits.double().mean().item() - 0.5) < 0.1

def test_labels(script):
    bits = torch.from_numpy(fresh.integers(2, size=(60, 30)))
    expected = np.bitwise_xor.accumulate(bits.numpy(), axis=1)
    return np.array_equal(script.labels(bits).numpy(), expected)

def drawn(seed=None):
    rng = fresh if seed is None else np.random.default_rng(seed)
    return [torch.tensor(rng.normal(size=shape), requires_grad=True) for shape in ((3, 1), (3, 3), 3, (1, 3), 1)]

def test_logits(script):
    bits, weights = torch.from_numpy(np.random.default_rng(4).integers(2, size=(3, 9))), drawn()
    with torch.no_grad():
        for weight in weights[:3]:
            weight *= 0.4           # units far from their ends, where a gradient can be seen
    rnn = torch.nn.RNN(1, 3, batch_first=True).double()
    U, V, b, W, c = weights
    with torch.no_grad():
        for own, other in zip(rnn.parameters(), (U, V, b, 0 * b)):
            own.copy_(other)
    theirs = rnn(bits[..., None].double())[0] @ W[0] + c[0]
    ours = script.logits(weights, bits)
    if not torch.allclose(ours, theirs):
        return False
    ours[:, -1].sum().backward()
    theirs[:, -1].sum().backward(inputs=list(rnn.parameters()))
    return torch.allclose(U.grad, rnn.weight_ih_l0.grad) and torch.allclose(V.grad, rnn.weight_hh_l0.grad) and bool(
        torch.allclose(b.grad, rnn.bias_hh_l0.grad))

def test_loss(script):
    weights, bits = drawn(), torch.from_numpy(fresh.integers(2, size=(4, 6)))
    whole = torch.ones(4, 6, dtype=torch.bool)
    parts, counts = [], []
    for length in (1, 4):
        mask = whole & (torch.arange(6) < length)
        mask[0] = True
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            script.logits(weights, bits), script.labels(bits).double(), reduction="none")
        parts.append(abs(script.loss(weights, bits, mask).item() - each[mask].sum().item() / mask.sum().item()) < 1e-8)
    return all(parts)

def test_accuracy(script):
    weights, bits = drawn(1), torch.from_numpy(np.random.default_rng(2).integers(2, size=(40, 9)))
    with torch.no_grad():
        weights[3] *= 0.2
        weights[4] *= 0
    mask = torch.arange(9) < torch.arange(40)[:, None] % 9 + 1
    right = [((o > 0) == (y == 1)).item() for o, y in zip(script.logits(weights, bits)[mask], script.labels(bits)[mask])]
    silent = [0 * weight for weight in weights]
    even = 1 - script.labels(bits)[mask].double().mean().item()
    return abs(script.accuracy(weights, bits, mask) - np.mean(right)) < 1e-6 and abs(
        script.accuracy(silent, bits, mask) - even) < 1e-6

def test_update(script):
    bits, mask = torch.tensor([[1, 0, 1, 1, 0]]), torch.ones(1, 5, dtype=torch.bool)
    for bound in (0.01, 100.0):
        ours, theirs = tuple(drawn(7)), drawn(7)
        same = list(ours)
        optimizer = torch.optim.SGD(theirs, lr=0.2)
        for _ in range(3):
            script.update(same, bits, mask, 0.2, bound)
            optimizer.zero_grad()
            script.loss(theirs, bits, mask).backward()
            torch.nn.utils.clip_grad_norm_(theirs, bound)
            optimizer.step()
        if not all(torch.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in zip(ours, theirs)):
            return False
    return True
