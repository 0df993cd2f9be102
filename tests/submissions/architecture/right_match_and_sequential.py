"""The cell is chosen by match, the network is a Sequential with a forward of its own, and the interval comes from
PyTorch."""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    match cell:
        case "tanh" | "relu": blocks = 1
        case "gru": blocks = 3
        case "lstm": blocks = 4
    reads = [input_size] + (num_layers - 1) * [hidden_size]
    return sum(blocks * ((r + hidden_size) * hidden_size + 2 * hidden_size) for r in reads)
# %% build-model
class Stack(nn.Sequential):
    def forward(self, x):
        *layers, readout = self
        for layer in layers:
            x = layer(x)[0]
        return readout(x)
def build_model(cell, hidden_size, num_layers):
    kind = {"tanh": nn.RNN, "relu": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell]
    more = {"nonlinearity": "relu"} if cell == "relu" else {}
    layers = [kind(hidden_size if i else 1, hidden_size, batch_first=True, **more) for i in range(num_layers)]
    return Stack(*layers, nn.Linear(hidden_size, 1))
# %% success-rate
def success_rate(outcomes):
    x = torch.as_tensor(np.array(outcomes, dtype=np.float64))
    n, p, z = x.numel(), x.mean(), 1.96
    parts = p + z**2 / (2 * n) + torch.tensor([-1.0, 1.0]) * z * (p * (1 - p) / n + z**2 / (4 * n**2)).sqrt()
    low, high = (parts / (1 + z**2 / n)).tolist()
    return p.item(), low, high
# %% multiple-of-three
def multiple_of_three():
    """A ring: one unit for each pair that moves, the readout counts down."""
    U, V = np.array([[1.0], [1.0], [1.0]]), np.array([[1.0, -3.0, 0.0]] * 3)
    return U, V, np.array([0.0, -2.0, -1.0]), np.array([[-1.0, 3.0, 0.0]]), np.array([0.25])
