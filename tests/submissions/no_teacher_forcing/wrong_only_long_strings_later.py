"""After 600 updates, all strings have the longest length.

loses:
  trained-short-check: Does something change later
  trained-long-check: Does something change later
"""
# %% train-at-the-end: for _ in range(steps): -> for step in range(steps):
# %% train-at-the-end: bits, lengths = draw( ->
bits, lengths = draw(64, min_length if step < 600 else max_length, max_length, rng)
