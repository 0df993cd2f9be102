"""The student forgets batch_first, so the network reads down the batch.

loses:
  build-model-check: batch_first=True is missing
  learns-check: batch_first=True is missing
"""
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        if cell in ("tanh", "relu"):
            self.rnn = nn.RNN(1, hidden_size, num_layers, nonlinearity=cell)
        else:
            self.rnn = {"lstm": nn.LSTM, "gru": nn.GRU}[cell](1, hidden_size, num_layers)
        self.out = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        return self.out(self.rnn(inputs)[0])

def build_model(cell, hidden_size, num_layers):
    return Net(cell, hidden_size, num_layers)
