"""The lengths come from NumPy's global generator, enforce_sorted keeps its default, and the mask is True on padding.

loses:
  random-lengths-check: "draw from `rng`"
  length-mask-check: True and False are swapped
  run-packed-check: the lengths are unsorted
"""
# %% random-lengths: return rng.integers( ->
return np.random.randint(1, max_bits + 1, size=batch_size)
# %% length-mask: return position < lengths[:, None] -> return position >= lengths[:, None]
# %% run-packed: batch_first=True, enforce_sorted=False -> batch_first=True
