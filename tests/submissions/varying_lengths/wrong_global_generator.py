"""The lengths come from NumPy's global generator, enforce_sorted keeps its default, and the mask is True on padding.

loses:
  random-lengths-check: "draw from `rng`"
  length-mask-check: True and False are swapped
  run-packed-check: the lengths are unsorted
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.random.randint(1, max_bits + 1, size=batch_size)
# %% length-mask
def length_mask(lengths, max_bits):
    return np.arange(max_bits) >= lengths[:, None]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs, lengths, batch_first=True)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
