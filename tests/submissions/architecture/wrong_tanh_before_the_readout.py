"""A tanh stands between the states and the readout.

loses:
  build-model-check: "a tanh stands between the states and the readout"
  learns-check: "a tanh stands between the states and the readout"
"""
# %% build-model: self.readout(states) -> self.readout(torch.tanh(states))
