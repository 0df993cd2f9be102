"""The argument `padding` is ignored, so the mask is always that of padding after the string.

loses:
  length-mask-check: on the other side of the string
"""
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    return np.arange(max_bits) < lengths[:, None]
