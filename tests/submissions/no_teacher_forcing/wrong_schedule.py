"""StepLR halves the learning rate every 60 updates.

loses:
  trained-short-check: one Adam makes all the updates at a rate of 0.03
  trained-long-check: one Adam makes all the updates at a rate of 0.03
"""
# %% train-at-the-end: torch.optim.Adam( ->
optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 60, 0.5)
# %% train-at-the-end: train_step(lstm ->
train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
schedule.step()
