"""The readout is on the last state, the output gate is forgotten, and the norms are not averaged over the batch.

loses:
  lstm-step-check: the output gate o is missing
  lstm-parity-check: "returns: the last state"
  gradient-norms-check: the average over the batch is missing
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> np.tanh(c), c
# %% lstm-parity: states, _ = -> _, (states, c) =
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.norm(dim=2)
