"""The norm is the largest entry of the gradient.

loses:
  train-step-check: The update is correct for small gradients and not for large ones.
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
"""
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0, norm_type=float("inf"))
    optimizer.step()
    return loss.item()
