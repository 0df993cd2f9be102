"""Noise is added to the inputs, the root of the interval divides by n in place of its square, and a unit that nobody
reads grows for ever.

loses:
  build-model-check: 'Something is random: a random first state, dropout, or the weights of a layer'
  learns-check: 'Something is random: a random first state, dropout, or the weights of a layer'
  success-rate-check: This is not one of the usual mistakes. Print the middle, the root and the scale
  multiple-of-three-check: Does a unit only grow, or is a little left over each time that you subtract
"""
# %% build-model: self.rnn(inputs) -> self.rnn(inputs + 0.01 * torch.randn_like(inputs))
# %% success-rate
def success_rate(outcomes):
    k, n, z = np.sum(outcomes), len(outcomes), 1.96
    middle, root, below = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n)), 1 + z**2 / n
    return k / n, (middle - root) / below, (middle + root) / below
# %% multiple-of-three
def multiple_of_three():
    U, V, b = np.array([[1.0], [1.0], [0.0]]), np.array([[1.0, -3.0, 0], [1.0, -3.0, 0], [0, 0, 1.0]]), np.array([0.0, -2.0, 1.0])
    return U, V, b, np.array([[-1.0, 3.0, 0.0]]), np.array([0.5])
