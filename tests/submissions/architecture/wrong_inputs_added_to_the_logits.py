"""Only the first layer has biases, the inputs are added to the logits, the interval is rounded, and the network has
nine units.

loses:
  count-parameters-check: This is not one of the usual mistakes. Compare your count with the parameters
  build-model-check: 'Something besides the weights decides the logits: the answer, computed in'
  learns-check: 'Something besides the weights decides the logits: the answer, computed in'
  success-rate-check: The numbers are rounded. Return them unrounded, and round only when you print.
  multiple-of-three-check: 'multiple_of_three(): U'
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    return blocks * (hidden_size * (input_size + hidden_size) + (num_layers - 1) * 2 * hidden_size**2 + 2 * hidden_size)
# %% build-model: return self.readout(states) -> return inputs + self.readout(states)
# %% success-rate
def success_rate(outcomes):
    k, n, z = np.sum(outcomes), len(outcomes), 1.96
    middle, root, below = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2)), 1 + z**2 / n
    return tuple(round(float(v), 2) for v in (k / n, (middle - root) / below, (middle + root) / below))
# %% multiple-of-three
def multiple_of_three():
    U, V, b, W = np.ones((9, 1)), np.zeros((9, 9)), np.full(9, -2.0), np.zeros((1, 9))
    V[:, 0], V[:, 1], b[0], W[0, :2] = 1.0, -3.0, 0.0, [-1.0, 3.0]
    return U, V, b, W, np.array([0.5])
