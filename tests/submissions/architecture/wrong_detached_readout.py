"""The states go to the readout through NumPy, so the recurrent layer never learns.

loses:
  build-model-check: take no part in the output, or the way to them is cut
  learns-check: Does the check of Task 2 above pass
"""
# %% build-model: self.readout(states) -> self.readout(torch.from_numpy(states.detach().numpy()))
