"""For strings of more than 20 bits, the loop begins with short ones.

loses:
  trained-short-check: other weights from update
  trained-long-check: other weights from update
"""
# %% train-at-the-end: for _ in range(steps): -> for step in range(steps):
# %% train-at-the-end: bits, lengths = draw( ->
longest = max_length if max_length <= 20 else min(max_length, 5 + step // 20)
bits, lengths = draw(64, min(min_length, longest), longest, rng)
