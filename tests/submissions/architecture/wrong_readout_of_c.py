"""The readout of the LSTM is on its cell state. The other cells are correct.

loses:
  build-model-check: The logits should be the linear readout of the states of PyTorch's lstm layers, with nothi
"""
# %% build-model: self.rnn(inputs) ->
states, state = [], None
for bit in inputs.split(1, dim=1):
    output, state = self.rnn(bit, state)
    states.append(state[1][-1:].transpose(0, 1) if isinstance(state, tuple) else output)
states = torch.cat(states, dim=1)
