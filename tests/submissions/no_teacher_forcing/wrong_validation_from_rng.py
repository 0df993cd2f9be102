"""Every twenty updates a validation is drawn from the generator of the training.

loses:
  trained-short-check: nothing else uses `rng`, not even a validation
  trained-long-check: nothing else uses `rng`, not even a validation
"""
# %% train-at-the-end: for _ in range(steps) -> for step in range(steps)
# %% train-at-the-end: train_step(lstm ->
train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
if step % 20 == 19:
    draw(500, min_length, max_length, rng)
