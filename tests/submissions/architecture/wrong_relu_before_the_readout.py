"""A relu stands between the states and the readout, out of habit.

loses:
  build-model-check: "a relu stands between the states and the readout"
  learns-check: "a relu stands between the states and the readout"
"""
# %% build-model: self.readout(states) -> self.readout(torch.relu(states))
