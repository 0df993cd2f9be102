"""The test uses one short string.

loses:
  hunt-labels-check: for each string by itself
"""
# %% tests: test_labels
def test_labels(script):
    return script.labels(torch.tensor([[1, 0, 1]])).tolist() == [[1, 1, 0]]
