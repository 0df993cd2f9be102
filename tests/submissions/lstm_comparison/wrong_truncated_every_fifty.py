"""The states are detached every 50 time steps.

loses:
  lstm-parity-check: a state is detached between time steps
"""
# %% lstm-parity: self.lstm(inputs) ->
state, states = None, []
for part in inputs.split(50, dim=1):
    output, state = self.lstm(part, state)
    state = tuple(each.detach() for each in state)
    states.append(output)
states = torch.cat(states, dim=1)
