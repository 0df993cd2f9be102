"""Every time step sees the last state, and the gradient is followed for three time steps only.

loses:
  lstm-step-check: Return the new h and the new c alone; the next time step needs both
  lstm-parity-check: the network sees bits that come later
  gradient-norms-check: is the gradient cut off in the backward pass?
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> sigmoid(o) * np.tanh(c), h, c
# %% lstm-parity: states, _ = -> states, (h, c) =
# %% lstm-parity: self.readout(states) -> self.readout(states + h[0][:, None])
# %% gradient-norms: return inputs.grad ->
norms = inputs.grad.norm(dim=2).mean(dim=0)
norms[:-3] = 0
return norms.numpy()
