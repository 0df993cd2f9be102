"""The count for an LSTM has three blocks, because its candidate is forgotten. The rates are in percent.

loses:
  count-parameters-check: '"lstm" has 4 block(s) of weights, and you counted 3'
  success-rate-check: This is not one of the usual mistakes
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 3}[cell]
    return blocks * hidden_size * (input_size + hidden_size + 2 + (num_layers - 1) * (2 * hidden_size + 2))
# %% success-rate
def success_rate(outcomes):
    outcomes = np.asarray(outcomes)
    n, z = len(outcomes), 1.96
    p = outcomes.mean()
    middle, root = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return tuple(100 * part for part in (p, (middle - root) / (1 + z**2 / n), (middle + root) / (1 + z**2 / n)))
