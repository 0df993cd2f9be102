"""The loop has its own lines, and the gradient is clipped to a norm of 10.

loses:
  trained-short-check: clipped
  trained-long-check: clipped
"""
# %% train-at-the-end: train_step(lstm ->
loss = end_loss(readout(lstm(inputs)[0]), torch.from_numpy(lengths), labels)
optimizer.zero_grad()
loss.backward()
nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 10.0)
optimizer.step()
