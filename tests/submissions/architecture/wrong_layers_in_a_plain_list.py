"""The layers are kept in a Python list, so PyTorch does not know their weights. The input is counted as one
feature.

loses:
  count-parameters-check: This is not one of the usual mistakes
  build-model-check: keep in a plain list
  learns-check: keep in a plain list
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}[cell]
    return blocks * hidden_size * (hidden_size + 3 + (num_layers - 1) * 2 * (hidden_size + 1))
# %% build-model
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        kind = {"lstm": nn.LSTM, "gru": nn.GRU}.get(cell, nn.RNN)
        extra = {} if cell in ("lstm", "gru") else {"nonlinearity": cell}
        self.layers = [kind(hidden_size if i else 1, hidden_size, batch_first=True, **extra) for i in range(num_layers)]
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        for layer in self.layers:
            inputs, _ = layer(inputs)
        return self.readout(inputs)

build_model = Net
