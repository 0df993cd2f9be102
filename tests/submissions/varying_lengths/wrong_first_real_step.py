"""With the padding before the string, begins one step late.

loses:
  length-mask-check: the first real time step is
"""
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    if padding == "before":
        return np.arange(max_bits) > max_bits - lengths[:, None]
    return np.arange(max_bits) < lengths[:, None]
