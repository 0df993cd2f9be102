"""The readout of the LSTM is on its cell state. The other cells are correct.

loses:
  build-model-check: The logits should be the linear readout of the states of PyTorch's lstm layers, with nothi
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
        if type(self.rnn) is not nn.LSTM:
            return self.readout(self.rnn(inputs)[0])
        kept, state = [], None
        for t in range(inputs.shape[1]):
            _, state = self.rnn(inputs[:, t:t + 1], state)
            kept.append(state[1][-1])
        return self.readout(torch.stack(kept, dim=1))

build_model = Net
