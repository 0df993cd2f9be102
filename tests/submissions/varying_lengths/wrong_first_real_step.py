"""With the padding before the string, the mask begins one time step late.

loses:
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding before the st
"""
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    if padding == "before":
        return np.arange(max_bits) > max_bits - lengths[:, None]
    return np.arange(max_bits) < lengths[:, None]
