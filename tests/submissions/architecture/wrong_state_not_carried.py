"""A loop of cells starts from a state of zeros at each time step, and the interval is one standard error wide.

loses:
  build-model-check: the hidden state is not carried
  learns-check: the hidden state is not carried
  success-rate-check: This is not one of the usual mistakes
"""
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        self.rnn = nn.LSTM(**sizes) if cell == "lstm" else nn.GRU(**sizes) if cell == "gru" else nn.RNN(
            nonlinearity=cell, **sizes)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        return torch.cat([self.readout(self.rnn(inputs[:, t:t + 1])[0]) for t in range(inputs.shape[1])], dim=1)

build_model = Net
# %% success-rate
def success_rate(outcomes):
    p = np.mean(outcomes)
    error = np.sqrt(p * (1 - p) / len(outcomes))
    return p, p - error, p + error
