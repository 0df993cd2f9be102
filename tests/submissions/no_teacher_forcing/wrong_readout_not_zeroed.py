"""Only the gradients of the LSTM are set to zero.

loses:
  train-step-check: The loss is correct and the update is not. It consists of `zero_grad`,
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
  next-max-length-check: The accuracy is below 0.95, so the length stays as it is.
"""
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    lstm.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
    return loss.item()
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(longest + 1, stop) if accuracy >= 0.95 or longest < 3 else longest
