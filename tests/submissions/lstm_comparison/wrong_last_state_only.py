"""The readout is on the last state, the output gate is forgotten, and the norms are not averaged over the batch.

loses:
  lstm-step-check: h is o * tanh(c), with the new c
  lstm-parity-check: The logits have the shape of the inputs, [batch, steps, 1]
  gradient-norms-check: The gradient at the inputs is [batch, steps, 1]. Take the norm over its last axis, and the
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> np.tanh(c), c
# %% lstm-parity: states, _ = -> _, (states, c) =
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.norm(dim=2)
