"""The layers are kept in a Python list, so PyTorch does not know their weights. The input is counted as one
feature.

loses:
  count-parameters-check: This is not one of the usual mistakes
  build-model-check: keep in a plain list
  learns-check: keep in a plain list
"""
# %% count-parameters: input_size + hidden_size + 2 -> 1 + hidden_size + 2
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
