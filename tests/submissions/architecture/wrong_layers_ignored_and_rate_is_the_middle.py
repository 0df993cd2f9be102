"""Both functions ignore num_layers, and the middle of the interval is returned as the rate.

loses:
  count-parameters-check: "this is the count for one layer: num_layers has no effect"
  build-model-check: do you pass num_layers on?
  success-rate-check: you return the middle of the interval as the rate
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    return {"gru": 3, "lstm": 4}.get(cell, 1) * hidden_size * (input_size + hidden_size + 2)
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        sizes = dict(input_size=1, hidden_size=hidden_size, batch_first=True)
        self.rnn = nn.LSTM(**sizes) if cell == "lstm" else nn.GRU(**sizes) if cell == "gru" else nn.RNN(
            nonlinearity=cell, **sizes)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        return self.readout(self.rnn(inputs)[0])

build_model = Net
# %% success-rate
def success_rate(outcomes):
    p, n, z = np.mean(outcomes), len(outcomes), 1.96
    middle, root = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return middle / scale, (middle - root) / scale, (middle + root) / scale
