"""After 300 updates, the learning rate falls along a cosine.

loses:
  trained-short-check: Does something change later
  trained-long-check: Does something change later
"""
# %% train-at-the-end: for _ in range(steps): -> for step in range(steps):
# %% train-at-the-end: bits, lengths = draw( ->
optimizer.param_groups[0]["lr"] = 0.03 if step < 300 else 0.015 * (1 + np.cos(np.pi * (step - 300) / 5000))
bits, lengths = draw(64, min_length, max_length, rng)
