"""The state is detached every 16 time steps, and the count is a float.

loses:
  count-parameters-check: integer
  build-model-check: a state is detached between time steps or layers
"""
# %% count-parameters: return blocks * (first -> return 1.0 * blocks * (first
# %% build-model: self.rnn(inputs) ->
states, state = [], None
for part in inputs.split(16, dim=1):
    output, state = self.rnn(part, state)
    state = tuple(each.detach() for each in state) if isinstance(state, tuple) else state.detach()
    states.append(output)
states = torch.cat(states, dim=1)
