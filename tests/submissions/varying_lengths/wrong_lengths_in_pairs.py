"""Each length is given to two consecutive strings.

loses:
  random-lengths-check: Each string draws its own length
"""

# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.repeat(rng.integers(1, max_bits, size=(batch_size + 1) // 2, endpoint=True), 2)[:batch_size]
