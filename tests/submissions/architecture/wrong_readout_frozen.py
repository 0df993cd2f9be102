"""The count is a float, the readout never learns, kappa is rounded to 2, and the network counts to six.

loses:
  count-parameters-check: Convert the result to integer and return that.
  build-model-check: These do not affect the output, or the backward pass to them is cut by detach, .data,
  learns-check: All logits are the same number, and it does not come from a weight that learns.
  success-rate-check: This is not one of the usual mistakes. Print the middle, the root and the scale
  multiple-of-three-check: 'Make the table of the hint: for each p and each bit, what is the value of each'
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    return blocks * hidden_size * (input_size + hidden_size + 2 + (num_layers - 1) * (4 * hidden_size + 4) / 2)
# %% build-model: self.readout = nn.Linear(hidden_size, 1) -> self.readout = nn.Linear(hidden_size, 1).requires_grad_(False)
# %% success-rate
def success_rate(outcomes):
    k, n, z = np.sum(outcomes), len(outcomes), 2
    middle, root, below = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2)), 1 + z**2 / n
    return k / n, (middle - root) / below, (middle + root) / below
# %% multiple-of-three
def multiple_of_three():
    return np.array([[1.0], [1.0]]), np.array([[1.0, -6.0], [1.0, -6.0]]), np.array([0.0, -5.0]), np.array([[-1.0, 6.0]]), np.array([0.5])
