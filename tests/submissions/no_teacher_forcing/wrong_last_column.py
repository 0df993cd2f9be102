"""The last column is taken for the last real time step. The LSTM's own last state has the same fault.

loses:
  last-valid-check: this is the last column
  train-step-check: you read the last column and not the last real time step
  trained-short-check: you read the last column and not the last real time step
  trained-long-check: you read the last column and not the last real time step
"""
# %% last-valid: outputs[torch.arange(len(outputs)), lengths - 1] -> outputs[:, -1]
# %% train-step: states, _ = lstm(inputs) -> _, (h, c) = lstm(inputs)
# %% train-step: loss = ->
loss = binary_cross_entropy_with_logits(readout(h[-1])[:, 0], labels)
