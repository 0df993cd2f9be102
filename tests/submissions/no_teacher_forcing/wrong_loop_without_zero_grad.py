"""train_step is correct, but the loop has its own lines instead, and zero_grad is missing.

loses:
  trained-short-check: "`optimizer.zero_grad()` is missing"
  trained-long-check: "`optimizer.zero_grad()` is missing"
"""
# %% train-at-the-end: train_step(lstm ->
loss = end_loss(readout(lstm(inputs)[0]), torch.from_numpy(lengths), labels)
loss.backward()
nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
optimizer.step()
