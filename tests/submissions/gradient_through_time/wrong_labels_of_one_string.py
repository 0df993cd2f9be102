"""One string of a single one: across strings and along them is not told apart.

loses:
  hunt-labels-check: after each bit
"""
# %% tests: test_labels
def test_labels(script):
    return script.labels(torch.tensor([[0, 0, 1]])).tolist() == [[0, 0, 1]]
