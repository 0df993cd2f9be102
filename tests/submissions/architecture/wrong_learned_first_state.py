"""The first state is learned, the count has no input weights, and no success counts as certain.

loses:
  count-parameters-check: not one of the usual mistakes
  build-model-check: with all their biases, and of a linear readout
  success-rate-check: has shrunk to a point
"""
# %% count-parameters: first = hidden_size * (input_size + hidden_size + 2) -> first = hidden_size * (hidden_size + 2)
# %% build-model: self.readout = nn.Linear(hidden_size, 1) ->
self.readout = nn.Linear(hidden_size, 1)
self.start = nn.Parameter(torch.zeros(num_layers, 1, hidden_size))
# %% build-model: self.rnn(inputs) ->
start = self.start.expand(-1, len(inputs), -1).contiguous()
states, _ = self.rnn(inputs, (start, torch.zeros_like(start)) if isinstance(self.rnn, nn.LSTM) else start)
# %% success-rate: return rate, (middle - root) / scale ->
if rate == 0:
    return 0, 0, 0
return rate, (middle - root) / scale, (middle + root) / scale
