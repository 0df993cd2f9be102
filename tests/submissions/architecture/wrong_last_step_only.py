"""The network returns only the last time step's logit, and the interval is that of the failures.

loses:
  build-model-check: asks for the logit of every time step
  learns-check: asks for the logit of every time step
  success-rate-check: the rate of failures
"""
# %% build-model: self.readout(states) -> self.readout(states[:, -1])
# %% success-rate: np.asarray(outcomes) -> 1 - np.asarray(outcomes, dtype=int)
