"""The biases of a GRU are those of Keras, a single string loses its axis, the interval has a correction for
continuity, and zeros count like ones.

loses:
  count-parameters-check: This is not one of the usual mistakes. Compare your count with the parameters
  build-model-check: The logits have the shape of the inputs, [batch, steps, 1].
  learns-check: The logits have the shape of the inputs, [batch, steps, 1].
  success-rate-check: This is not one of the usual mistakes. Print the middle, the root and the scale
  multiple-of-three-check: 'Make the table of the hint: for each p and each bit, what is the value of each'
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    biases = {"gru": 4 * hidden_size}.get(cell, 2 * blocks * hidden_size)
    first = blocks * hidden_size * (input_size + hidden_size) + biases
    return first + (num_layers - 1) * (blocks * 2 * hidden_size**2 + biases)
# %% build-model: return self.readout(states) -> return self.readout(states).squeeze().unsqueeze(-1)
# %% success-rate
def success_rate(outcomes):
    k, n, z = int(np.sum(outcomes)), len(outcomes), 1.96
    p = k / n
    low = (2*n*p + z**2 - (z*np.sqrt(z**2 - 1/n + 4*n*p*(1-p) + (4*p - 2)) + 1)) / (2*(n + z**2)) if k else 0.0
    high = (2*n*p + z**2 + (z*np.sqrt(z**2 - 1/n + 4*n*p*(1-p) - (4*p - 2)) + 1)) / (2*(n + z**2)) if k < n else 1.0
    return p, max(low, 0), min(high, 1)
# %% multiple-of-three
def multiple_of_three():
    return np.zeros((2, 1)), np.array([[1.0, -3.0], [1.0, -3.0]]), np.array([1.0, -1.0]), np.array([[-1.0, 3.0]]), np.array([0.5])
