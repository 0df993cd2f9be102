"""The readout has a layer of its own in between, and later layers have one bias vector.

loses:
  count-parameters-check: not one of the usual mistakes
  build-model-check: and of a linear readout
"""
# %% count-parameters: later = hidden_size * (hidden_size + hidden_size + 2) -> later = hidden_size * (hidden_size + hidden_size + 1)
# %% build-model: self.readout = nn.Linear(hidden_size, 1) -> self.readout = nn.Sequential(nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, 1))
