"""Every weight starts at 0.1 "for reproducibility", so all units stay alike and act like one.

loses:
  learns-check: all units start with the same weights
"""
# %% build-model: self.readout = ->
self.readout = nn.Linear(hidden_size, 1)
for parameter in self.parameters():
    nn.init.constant_(parameter, 0.1)
