"""PyTorch's base class counts the parameters, every network starts from one seed, only the object True is a success,
and a little is left over when three is subtracted.

loses:
  count-parameters-check: '`count_parameters` calls `torch.nn.Module`, which is the ready answer to this task. Write '
  build-model-check: Is torch.manual_seed called inside the function or the class? Then all the
  success-rate-check: 'The rate is wrong already: it is k/n, from 0 to 1. A success is 1 or True, of'
  multiple-of-three-check: Does a unit only grow, or is a little left over each time that you subtract
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    mode = {"tanh": "RNN_TANH", "relu": "RNN_RELU", "gru": "GRU", "lstm": "LSTM"}[cell]
    return sum(p.numel() for p in torch.nn.modules.rnn.RNNBase(mode, input_size, hidden_size, num_layers).parameters())
# %% build-model: super().__init__() ->
super().__init__()
torch.manual_seed(42)
# %% success-rate
def success_rate(outcomes):
    n, k, z = len(outcomes), sum(o is True for o in outcomes), 1.96
    middle, root, below = k / n + z**2 / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2)), 1 + z**2 / n
    return k / n, (middle - root) / below, (middle + root) / below
# %% multiple-of-three
def multiple_of_three():
    U, V, b = np.array([[0.1], [0.1]]), np.array([[1.0, -3.0], [1.0, -3.0]]), np.array([0.0, -0.2])
    return U, V * (1 + 1e-7), b, np.array([[-1.0, 3.0]]), np.array([0.05])
