"""Each length is near the one before it.

loses:
  random-lengths-check: Each string draws its own length. Are lengths sorted, drawn in pairs, or drawn
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return (rng.integers(max_bits) + rng.integers(-1, 2, size=batch_size).cumsum()) % max_bits + 1
