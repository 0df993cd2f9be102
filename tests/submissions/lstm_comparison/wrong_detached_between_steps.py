"""A loop detaches the state at each time step, the tanh is taken of the product, and the norms are divided by the
last one.

loses:
  lstm-step-check: it belongs on c alone
  lstm-parity-check: a state is detached between time steps
  gradient-norms-check: divided by the norm at the last time step
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
