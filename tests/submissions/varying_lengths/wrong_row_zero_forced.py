"""The range is correct, but row 0 has full length so that the targets fit.

loses:
  random-lengths-check: One row always has full length, as in the original notebook, so the lengths are not uniform
  length-mask-check: as wide as the longest string
  run-packed-check: the rectangle shrank to the longest string
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    lengths = rng.integers(1, max_bits + 1, size=batch_size)
    lengths[0] = max_bits
    return lengths
# %% length-mask: np.arange(max_bits) -> np.arange(lengths.max())
# %% run-packed: , total_length=inputs.shape[1])[0] -> )[0]
