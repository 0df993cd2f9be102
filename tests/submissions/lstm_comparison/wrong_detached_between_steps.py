"""A loop detaches the state at each time step, the tanh is taken of the product, and the norms are divided by the
last one.

loses:
  lstm-step-check: h is o * tanh(c), with the new c
  lstm-parity-check: a state is detached between time steps
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""
# %% lstm-step: sigmoid(o) * np.tanh(c), c -> np.tanh(sigmoid(o) * c), c
# %% lstm-parity: self.lstm(inputs) ->
state, states = None, []
for bit in inputs.split(1, dim=1):
    output, state = self.lstm(bit, state)
    state = tuple(part.detach() for part in state)
    states.append(output)
states = torch.cat(states, dim=1)
# %% gradient-norms: return inputs.grad ->
norms = inputs.grad.norm(dim=2).mean(dim=0)
return (norms / norms[-1]).numpy()
