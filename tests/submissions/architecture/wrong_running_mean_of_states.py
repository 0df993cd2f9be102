"""The readout is on the mean of the states so far.

loses:
  build-model-check: a mean over the time steps so far
  learns-check: a mean over the time steps so far
"""
# %% build-model: self.readout(states) ->
states = states.cumsum(1) / torch.arange(1, states.shape[1] + 1)[:, None]
return self.readout(states)
