"""The network has a second linear layer that it never uses.

loses:
  build-model-check: do not affect the output
"""
# %% build-model: self.readout = ->
self.readout = nn.Linear(hidden_size, 1)
self.extra = nn.Linear(hidden_size, hidden_size)
