"""The count is kept in 16 bits, every call returns the same module, the interval is that of two added successes and
failures, and the unit that subtracts three opens one too late.

loses:
  count-parameters-check: '`count_parameters` stopped with OverflowError: Python integer 607029 out of bounds for int'
  build-model-check: Either part of the backward pass is cut, because a state is detached between
  learns-check: 'Does the check of Task 2 above pass? If it does, how do the weights start: are'
  success-rate-check: This is not one of the usual mistakes. Print the middle, the root and the scale
  multiple-of-three-check: 'Make the table of the hint: for each p and each bit, what is the value of each'
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    H = np.array([hidden_size], dtype=np.int16)
    total = blocks * H * (input_size + H + 2) + (num_layers - 1) * blocks * H * (2 * H + 2)
    return int(total[0])
# %% build-model: return ParityNet(cell, hidden_size, num_layers) ->
sizes = cell, hidden_size, num_layers
build_model.made = getattr(build_model, 'made', {})
return build_model.made.setdefault(sizes, ParityNet(*sizes))
# %% success-rate
def success_rate(outcomes):
    k, n, z = np.sum(outcomes), len(outcomes), 1.96
    p = (k + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(p * (1 - p) / (n + z**2))
    return k / n, max(0, p - half), min(1, p + half)
# %% multiple-of-three
def multiple_of_three():
    return np.array([[1.0], [1.0]]), np.array([[1.0, -3.0], [1.0, -3.0]]), np.array([0.0, -3.0]), np.array([[-1.0, 3.0]]), np.array([0.5])
