"""The lengths come from a copy of the generator, so that every batch has the same lengths.

loses:
  random-lengths-check: is `rng` copied, or its state reset
"""
# %% random-lengths: return rng.integers( ->
import copy
return copy.deepcopy(rng).integers(1, max_bits, size=batch_size, endpoint=True)
