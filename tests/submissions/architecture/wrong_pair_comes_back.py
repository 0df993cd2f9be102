"""forward returns logits and predictions, as the course's class does, and the interval is one number.

loses:
  build-model-check: forward should return the logits alone
  learns-check: forward should return the logits alone
  success-rate-check: 3 values (rate, low, high)
"""
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        self.rnn = nn.LSTM(**sizes) if cell == "lstm" else nn.GRU(**sizes) if cell == "gru" else nn.RNN(
            nonlinearity=cell, **sizes)
        self.hidden_to_logits, self.activation = nn.Linear(hidden_size, 1), nn.Sigmoid()

    def forward(self, inputs):
        logits = self.hidden_to_logits(self.rnn(inputs)[0])
        return logits, self.activation(logits)

build_model = Net
# %% success-rate
def success_rate(outcomes):
    return np.mean(outcomes)
