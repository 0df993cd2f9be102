"""A batch begins with the last state of the one before if the sizes allow it. The interval has the factor of a 90 %
interval.

loses:
  build-model-check: your network keeps the state of the last call
  success-rate-check: This is not one of the usual mistakes
"""
# %% build-model: self.readout = ->
self.readout = nn.Linear(hidden_size, 1)
self.state, self.batch = None, 0
# %% build-model: self.rnn(inputs) ->
if self.batch != len(inputs):
    self.state, self.batch = None, len(inputs)
states, self.state = self.rnn(inputs, self.state)
# %% success-rate: kappa = len(outcomes), 1.96 -> kappa = len(outcomes), 1.645
