"""The test compares floats with ==.

loses:
  hunt-logits-check: a false alarm
"""
# %% tests: test_logits
def test_logits(script):
    weights, bits = some_weights(), torch.tensor(np.random.default_rng(0).integers(2, size=(50, 30)))
    U, V, b, W, c = weights
    h, outputs = torch.zeros(50, 3, dtype=U.dtype), []
    for t in range(30):
        h = torch.tanh(bits[:, t:t + 1].to(U.dtype) @ U.T + h @ V.T + b)
        outputs.append(h @ W[0] + c[0])
    return torch.equal(script.logits(weights, bits), torch.stack(outputs, dim=1))
