"""The student's own LSTM has its weights in two linear layers, and its cell state is detached at each time step.

loses:
  lstm-parity-check: a state is detached between time steps
"""
# %% lstm-parity: self.lstm = nn.LSTM(1, hidden_size, batch_first=True) ->
self.of_input, self.of_state = nn.Linear(1, 4 * hidden_size), nn.Linear(hidden_size, 4 * hidden_size)
# %% lstm-parity: self.lstm(inputs) ->
h = c = torch.zeros(len(inputs), self.readout.in_features)
states = []
for bit in inputs.unbind(dim=1):
    i, f, g, o = (self.of_input(bit) + self.of_state(h)).chunk(4, dim=1)
    c = f.sigmoid() * c.detach() + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    states.append(h)
states = torch.stack(states, dim=1)
