"""The forget gate scales old and new together, the network ends in a sigmoid, and the norms are squared.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: there is a sigmoid at the end
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""
# %% lstm-step: c = sigmoid(f) * c + sigmoid(i) * np.tanh(g) -> c = sigmoid(f) * (c + sigmoid(i) * np.tanh(g))
# %% lstm-parity: self.readout(states) -> torch.sigmoid(self.readout(states))
# %% gradient-norms: inputs.grad.norm(dim=2) -> (inputs.grad ** 2).sum(dim=2)
