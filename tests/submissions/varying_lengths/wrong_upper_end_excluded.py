"""Lengths come from integers(1, max_bits), and the mask is one position too long, so the states are, too.

loses:
  random-lengths-check: "`integers(1, max_bits)` excludes the upper end"
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding before the st
  run-packed-check: those on padding are not 0
"""
# %% random-lengths: size=batch_size, endpoint=True -> size=batch_size
# %% length-mask: return position < lengths[:, None] -> return position <= lengths[:, None]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    return rnn(inputs)[0] * torch.from_numpy(length_mask(lengths, inputs.shape[1]))[..., None]
