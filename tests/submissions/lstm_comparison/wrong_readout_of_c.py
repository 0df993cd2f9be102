"""The readout is on the cell states, the old h is left out, and the gradients are averaged before their norm is
taken.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: The logits should be the linear readout of the states of PyTorch's lstm layers, with nothi
  gradient-norms-check: so they cancel
"""
# %% lstm-step: h @ weights["weight_hh"].T + weights["bias_ih"] -> weights["bias_ih"]
# %% lstm-parity: self.lstm(inputs) ->
state, states = None, []
for bit in inputs.split(1, dim=1):
    _, state = self.lstm(bit, state)
    states.append(state[1][0])
states = torch.stack(states, dim=1)
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.mean(dim=0)[:, 0].abs()
