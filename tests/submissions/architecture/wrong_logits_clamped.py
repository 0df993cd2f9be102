"""The logits are clamped to the interval from -20 to 20.

loses:
  build-model-check: clamped
"""
# %% build-model: return self.readout(states)  -> return self.readout(states).clamp(-20, 20)
