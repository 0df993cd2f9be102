"""The loop has its own lines, and clips before there is a gradient.

loses:
  trained-short-check: "the gradient is not clipped to a norm of 1"
  trained-long-check: "the gradient is not clipped to a norm of 1"
"""
# %% train-at-the-end: train_step(lstm ->
loss = end_loss(readout(lstm(inputs)[0]), torch.from_numpy(lengths), labels)
optimizer.zero_grad()
nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
loss.backward()
optimizer.step()
