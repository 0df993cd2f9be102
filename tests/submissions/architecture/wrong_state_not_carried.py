"""A loop of cells starts from a state of zeros at each time step, and the interval is one standard error wide.

loses:
  build-model-check: the hidden state is not carried
  learns-check: the hidden state is not carried
  success-rate-check: This is not one of the usual mistakes
"""
# %% build-model: self.rnn(inputs) ->
states = torch.cat([self.rnn(bit)[0] for bit in inputs.split(1, dim=1)], dim=1)
# %% success-rate: return rate ->
error = np.sqrt(rate * (1 - rate) / n)
return rate, rate - error, rate + error
