"""The count has one bias vector, as in equation 2.1, and the interval is the rate plus and minus 1.96 standard
errors.

loses:
  count-parameters-check: two bias vectors
  success-rate-check: shrinks to a point at 0 of n
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    return blocks * sum(hidden_size * ((hidden_size if i else input_size) + hidden_size + 1) for i in range(num_layers))
# %% success-rate
def success_rate(outcomes):
    p, n = np.mean(outcomes), len(outcomes)
    error = np.sqrt(p * (1 - p) / n)
    return p, p - 1.96 * error, p + 1.96 * error
