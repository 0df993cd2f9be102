"""The forward pass runs under no_grad, a name is misspelt, one function stops, and one returns None.

loses:
  lstm-step-check: "`lstm_step` stopped with KeyError"
  lstm-parity-check: no gradient can flow through the output
  summarise-check: stopped with TypeError
  gradient-norms-check: is a `return` missing?
"""
# %% lstm-step: weights["weight_ih"] -> weights["weights_ih"]
# %% lstm-parity: self.readout(states) -> torch.no_grad()(self.readout)(states)
# %% summarise: np.median(late) -> np.median(steps)
# %% gradient-norms: return inputs.grad.norm( ->
print(inputs.grad.norm(dim=2).mean(dim=0))
