"""The network has dropout, (1 - i) stands for f as in a GRU, None becomes the budget, and the time steps are
reversed.

loses:
  lstm-step-check: that is how a GRU does it
  lstm-parity-check: something is random
  summarise-check: that number is invented
  gradient-norms-check: the time steps are in reverse order
"""
# %% lstm-step: c = sigmoid(f) * c -> c = (1 - sigmoid(i)) * c
# %% lstm-parity: self.readout(states) -> self.readout(nn.functional.dropout(states, 0.5))
# %% summarise: np.inf if step is None else step -> 1500 if step is None else step
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.norm(dim=2).mean(dim=0).flip(0)
