"""The readout is left out of the clipping.

loses:
  train-step-check: or the LSTM alone
"""

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(lstm.parameters(), 1.0)
    optimizer.step()
    return loss.item()
