"""The state is kept whatever the sizes are, so a second batch of another size stops the network. Low comes before
the rate.

loses:
  build-model-check: your network keeps the state of the last call
  success-rate-check: return the rate first
"""
# %% build-model: self.readout = ->
self.readout = nn.Linear(hidden_size, 1)
self.state = None
# %% build-model: states, _ = self.rnn(inputs) -> states, self.state = self.rnn(inputs, self.state)
# %% success-rate: return rate ->
return (middle - root) / scale, rate, (middle + root) / scale
