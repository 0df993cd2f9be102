"""A layer norm stands between the states and the readout.

loses:
  build-model-check: "a layer norm stands between the states and the readout"
  learns-check: "a layer norm stands between the states and the readout"
"""
# %% build-model: self.readout(states) -> self.readout(nn.functional.layer_norm(states, states.shape[-1:]))
