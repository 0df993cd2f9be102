"""The layers are counted as if each read the input, and Wilson's interval lacks the division by 1 + 1.96²/n.

loses:
  count-parameters-check: This is not one of the usual mistakes
  success-rate-check: the division by 1 + 1.96²/n is missing
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    return num_layers * blocks * hidden_size * (input_size + hidden_size + 2)
# %% success-rate
def success_rate(outcomes):
    p, n = np.mean(outcomes), len(outcomes)
    middle = p + 1.96**2 / (2 * n)
    root = 1.96 * np.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
    return p, middle - root, middle + root
