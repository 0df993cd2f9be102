"""The layers work with PyTorch's default order, time steps first. They are stored under two names, with a first
state of zeros and an orthogonal start."""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    gates = 4 if cell == "lstm" else 3 if cell == "gru" else 1
    if num_layers == 1:
        return gates * hidden_size * (input_size + hidden_size + 2)
    return count_parameters(cell, input_size, hidden_size, num_layers - 1) + gates * 2 * hidden_size * (hidden_size + 1)
# %% build-model
def build_model(cell, hidden_size, num_layers):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            makers = {"tanh": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU,
                      "relu": lambda i, h: nn.RNN(i, h, nonlinearity="relu")}
            self.stack = nn.ModuleList(makers[cell](1 if i == 0 else hidden_size, hidden_size)
                                       for i in range(num_layers))
            self.first = self.stack[0]
            nn.init.orthogonal_(self.first.weight_hh_l0)
            self.register_buffer("zero", torch.zeros(1, 1, hidden_size))
            self.readout = nn.Linear(hidden_size, 1)
            nn.init.zeros_(self.readout.bias)

        def forward(self, x):
            x = x.transpose(0, 1).contiguous()
            h0 = self.zero.expand(1, x.shape[1], hidden_size).contiguous()
            for layer in self.stack:
                x, _ = layer(x, (h0, h0) if cell == "lstm" else h0)
            return self.readout(x).permute(1, 0, 2)
    return Net()
# %% success-rate
def success_rate(outcomes):
    successes = list(outcomes).count(True)
    n = len(list(outcomes))
    k2 = 1.96 ** 2
    ends = [(successes + k2 / 2 + sign * 1.96 * np.sqrt(successes - successes ** 2 / n + k2 / 4)) / (n + k2)
            for sign in (-1, 1)]
    return successes / n, min(ends), max(ends)
