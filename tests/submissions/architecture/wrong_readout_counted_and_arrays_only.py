"""The readout is counted as well, and the outcomes have to be an array.

loses:
  count-parameters-check: This is not one of the usual mistakes
  success-rate-check: "'list' object has no attribute 'sum'"
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    first, later = hidden_size * (input_size + hidden_size + 2), 2 * hidden_size * (hidden_size + 1)
    return blocks * (first + (num_layers - 1) * later) + hidden_size + 1
# %% success-rate
def success_rate(outcomes):
    n, z = len(outcomes), 1.96
    p = outcomes.sum() / n
    middle, root = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle - root) / (1 + z**2 / n), (middle + root) / (1 + z**2 / n)
