"""The student takes the course's formula literally and applies a softmax to the single output.

loses:
  build-model-check: a softmax over a single output is 1
  learns-check: a softmax over a single output is 1
"""
# %% build-model: self.readout(states) -> torch.softmax(self.readout(states), dim=-1)
