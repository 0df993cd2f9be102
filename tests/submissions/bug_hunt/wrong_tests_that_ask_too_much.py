"""The tests ask for the same draw as that of the published script and for equal floats. Two others cannot tell strings
of a batch apart, and ask only that the loss becomes smaller.

loses:
  hunt-draw-check: a false alarm
  hunt-labels-check: after each bit
  hunt-logits-check: a false alarm
  hunt-update-check: what do the second and third update do
"""
# %% tests: test_draw
def test_draw(script):
    bits, mask = script.draw(3, 5, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 6, size=3)
    return bool((mask.sum(dim=1).numpy() == lengths).all()) and (bits.numpy() == rng.integers(2, size=(3, 5))).all()
# %% tests: test_labels
def test_labels(script):
    return script.labels(torch.tensor([[0, 0, 1]])).tolist() == [[0, 0, 1]]
# %% tests: test_logits
def test_logits(script):
    weights, bits = some_weights(), torch.tensor(np.random.default_rng(0).integers(2, size=(50, 30)))
    U, V, b, W, c = weights
    h, outputs = torch.zeros(50, 3, dtype=U.dtype), []
    for t in range(30):
        h = torch.tanh(bits[:, t:t + 1].to(U.dtype) @ U.T + h @ V.T + b)
        outputs.append(h @ W[0] + c[0])
    return torch.equal(script.logits(weights, bits), torch.stack(outputs, dim=1))
# %% tests: test_update
def test_update(script):
    weights, bits, mask = some_weights(), torch.tensor([[1, 0, 1]]), torch.ones(1, 3, dtype=torch.bool)
    before = script.loss(weights, bits, mask).item()
    script.update(weights, bits, mask, 0.01, 1.0)
    return script.loss(weights, bits, mask).item() < before
