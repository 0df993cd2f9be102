"""The test compares the outputs, but not their gradient.

loses:
  hunt-logits-check: their gradient wrong
"""
# %% tests: test_logits
def test_logits(script):
    weights, bits = some_weights(), torch.tensor([[1, 0, 0, 1, 1, 0, 1], [0, 1, 1, 0, 0, 0, 1]])
    arrays = [weight.detach().numpy() for weight in weights]
    return np.allclose(script.logits(weights, bits).detach().numpy(), forward(bits.numpy(), *arrays, np.zeros(3))[1])
