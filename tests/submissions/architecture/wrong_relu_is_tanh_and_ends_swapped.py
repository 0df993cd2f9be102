"""The student never passes nonlinearity on, so the relu network has tanh units. Low and high are swapped.

loses:
  build-model-check: The logits should be the linear readout of the states of PyTorch's relu layers, with nothi
  success-rate-check: This is not one of the usual mistakes
"""
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        kind = {"lstm": nn.LSTM, "gru": nn.GRU}.get(cell, nn.RNN)
        self.rnn = kind(1, hidden_size, num_layers, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        return self.readout(self.rnn(inputs)[0])

build_model = Net
# %% success-rate
def success_rate(outcomes):
    p, n, z = np.mean(outcomes), len(outcomes), 1.96
    middle, root = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle + root) / (1 + z**2 / n), (middle - root) / (1 + z**2 / n)
