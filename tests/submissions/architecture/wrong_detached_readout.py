"""The states go to the readout through NumPy, so the recurrent layer never learns.

loses:
  build-model-check: do not affect the output, or the backward pass to them is cut
  learns-check: Does the check of Task 2 above pass
"""
# %% build-model: self.readout(states) -> self.readout(torch.from_numpy(states.detach().numpy()))
