"""The state is detached at each time step, so no gradient flows back through time. The network learns short strings
all the same.

loses:
  build-model-check: a state is detached between time steps or layers
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
        state, logits = None, []
        for t in range(inputs.shape[1]):
            out, state = self.rnn(inputs[:, t:t + 1], state)
            state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
            logits.append(self.readout(out))
        return torch.cat(logits, dim=1)

build_model = Net
