"""Each layer reads all layers below it, there is dropout between layers, kappa is that of 90 %, and two is subtracted
in place of three.

loses:
  count-parameters-check: This is not one of the usual mistakes. Compare your count with the parameters
  build-model-check: 'Something is random: a random first state, dropout, or the weights of a layer'
  success-rate-check: This is not one of the usual mistakes. Print the middle, the root and the scale
  multiple-of-three-check: 'Make the table of the hint: for each p and each bit, what is the value of each'
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    return blocks * sum(hidden_size * (input_size + layer * hidden_size + hidden_size + 2) for layer in range(num_layers))
# %% build-model: batch_first=True) -> batch_first=True, dropout=0.2)
# %% success-rate
def success_rate(outcomes):
    k, n, z = np.sum(outcomes), len(outcomes), 1.645
    middle, root, below = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2)), 1 + z**2 / n
    return k / n, (middle - root) / below, (middle + root) / below
# %% multiple-of-three
def multiple_of_three():
    return np.array([[1.0], [1.0]]), np.array([[1.0, -2.0], [1.0, -2.0]]), np.array([0.0, -2.0]), np.array([[-1.0, 3.0]]), np.array([0.5])
