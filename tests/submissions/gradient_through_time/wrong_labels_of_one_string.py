"""The test uses a batch of one string, so it cannot tell adding along strings from adding across them.

loses:
  hunt-labels-check: after each bit
"""
# %% tests: test_labels
def test_labels(script):
    return script.labels(torch.tensor([[0, 0, 1]])).tolist() == [[0, 0, 1]]
