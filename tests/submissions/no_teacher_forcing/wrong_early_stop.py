"""The loop stops when the loss is small.

loses:
  trained-short-check: "the loop stops early"
  trained-long-check: "the loop stops early"
"""
# %% train-at-the-end: train_step(lstm ->
if train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels) < 0.2:
    break
