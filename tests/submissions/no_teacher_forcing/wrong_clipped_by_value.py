"""Each entry of the gradient is clipped on its own.

loses:
  train-step-check: The update is correct for small gradients and not for large ones.
  trained-short-check: 'The gradient is not clipped to a norm of 1: call'
  trained-long-check: 'The gradient is not clipped to a norm of 1: call'
"""
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
    return loss.item()
