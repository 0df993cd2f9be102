"""The network runs one time step at a time, outcomes are counted by a Counter, and the weights are eighths."""
# %% count-parameters
from collections import Counter
def count_parameters(cell, input_size, hidden_size, num_layers):
    H, L = hidden_size, num_layers
    per_block = H * input_size + (2 * L - 1) * H * H + 2 * L * H
    return per_block * {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
# %% build-model
def build_model(cell, hidden_size, num_layers):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            make = {"tanh": nn.RNN, "relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k), "gru": nn.GRU, "lstm": nn.LSTM}
            self.add_module("memory", make[cell](1, hidden_size, num_layers, batch_first=True))
            self.add_module("answer", nn.Linear(hidden_size, 1))
        def forward(self, inputs):
            held, logits = None, []
            for x in inputs.split(1, dim=1):
                state, held = self.memory(x, held)
                logits.append(self.answer(state))
            return torch.cat(logits, dim=1)
    return Net()
# %% success-rate
def success_rate(outcomes):
    count = Counter(bool(o) for o in outcomes)
    k, n, z = count[True], len(outcomes), 1.96
    import math
    root = z * math.sqrt(k * (n - k) / n**3 + (z / (2 * n)) ** 2)
    return k / n, *((k / n + z * z / (2 * n) + sign * root) / (1 + z * z / n) for sign in (-1, 1))
# %% multiple-of-three
def multiple_of_three():
    U = np.full((3, 1), 0.125)
    V = np.tile([[1.0, -1.5, -1.5]], (3, 1))
    b = np.array([0.0, -0.25, -0.25])
    return U, V, b, np.array([[-8.0, 12.0, 12.0]]), np.array([0.5])
