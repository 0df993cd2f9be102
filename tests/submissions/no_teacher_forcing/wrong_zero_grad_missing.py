"""zero_grad is missing, so old gradients stay in the sum.

loses:
  train-step-check: "`optimizer.zero_grad()` is missing"
  trained-short-check: "`optimizer.zero_grad()` is missing"
  trained-long-check: "`optimizer.zero_grad()` is missing"
"""

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    states, _ = lstm(inputs)
    loss = end_loss(readout(states), lengths, labels)
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
    return loss.item()
