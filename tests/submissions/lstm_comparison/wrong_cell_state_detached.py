"""The cell state is detached at each time step; the hidden state is not. The sums of the gates are clipped, and only
the first 32 strings are averaged.

loses:
  lstm-step-check: correct for small sums
  lstm-parity-check: a state is detached between time steps
  gradient-norms-check: every string of the batch
"""
# %% lstm-step: i, f, g, o = np.split(a, 4, axis=1) -> i, f, g, o = np.split(np.clip(a, -10, 10), 4, axis=1)
# %% lstm-parity: self.lstm(inputs) ->
state, states = None, []
for bit in inputs.split(1, dim=1):
    output, state = self.lstm(bit, state)
    state = state[0], state[1].detach()
    states.append(output)
states = torch.cat(states, dim=1)
# %% gradient-norms: inputs = inputs.detach().clone() -> inputs = inputs[:32].detach().clone()
