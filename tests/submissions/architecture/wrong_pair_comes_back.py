"""forward returns logits and predictions, as the course's class does, and the interval is one number.

loses:
  build-model-check: forward should return the logits alone
  learns-check: forward should return the logits alone
  success-rate-check: 3 values (rate, low, high)
"""
# %% build-model: self.readout(states) -> self.readout(states), torch.sigmoid(self.readout(states))
# %% success-rate: return rate, (middle - root) / scale, (middle + root) / scale -> return rate
