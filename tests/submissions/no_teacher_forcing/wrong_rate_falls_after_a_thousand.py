"""After 1000 updates, the learning rate is smaller.

loses:
  trained-short-check: Does something change later
  trained-long-check: Does something change later
"""
# %% train-at-the-end: for _ in range(steps): -> for step in range(steps):
# %% train-at-the-end: bits, lengths = draw( ->
if step == 1000:
    optimizer.param_groups[0]["lr"] = 0.003
bits, lengths = draw(64, min_length, max_length, rng)
