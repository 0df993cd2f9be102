"""The state is detached at each time step, so no gradient flows back through time. The network learns short strings
all the same.

loses:
  build-model-check: a state is detached between time steps or layers
"""
# %% build-model: self.rnn(inputs) ->
states, state = [], None
for bit in inputs.split(1, dim=1):
    output, state = self.rnn(bit, state)
    state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
    states.append(output)
states = torch.cat(states, dim=1)
