"""The network returns logits and predictions, lstm_step returns h alone, and the gradients of two calls add up.

loses:
  lstm-step-check: the next time step needs both
  lstm-parity-check: return the logits alone
  gradient-norms-check: The call changes the tensor that it is given
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> sigmoid(o) * np.tanh(c)
# %% lstm-parity: self.readout(states) -> self.readout(states), torch.sigmoid(self.readout(states))
# %% gradient-norms: inputs = inputs.detach().clone().requires_grad_() -> inputs.requires_grad_()
