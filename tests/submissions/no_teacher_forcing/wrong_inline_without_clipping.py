"""The loop has its own lines, and nothing is clipped. With the usual start, no gradient is longer than 1.

loses:
  trained-short-check: "the gradient is not clipped to a norm of 1"
  trained-long-check: "the gradient is not clipped to a norm of 1"
"""
# %% train-at-the-end: train_step(lstm ->
loss = end_loss(readout(lstm(inputs)[0]), torch.from_numpy(lengths), labels)
optimizer.zero_grad()
loss.backward()
optimizer.step()
