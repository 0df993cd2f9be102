"""The network has dropout, (1 - i) stands for f as in a GRU, None becomes the budget, and the time steps are
reversed.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: something is random
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""
# %% lstm-step: c = sigmoid(f) * c -> c = (1 - sigmoid(i)) * c
# %% lstm-parity: self.readout(states) -> self.readout(nn.functional.dropout(states, 0.5))
# %% summarise: np.inf if step is None else step -> 1500 if step is None else step
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.norm(dim=2).mean(dim=0).flip(0)
