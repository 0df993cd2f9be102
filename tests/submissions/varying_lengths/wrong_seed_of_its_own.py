"""The function makes a generator with a fixed seed, so each batch has the same lengths, and the hidden state is kept
from call to call.

loses:
  random-lengths-check: a seed is fixed inside
  length-mask-check: on the other side of the string
  run-packed-check: is a hidden state kept from call to call
"""
# %% random-lengths: rng.integers -> np.random.default_rng(42).integers
# %% length-mask: return position < lengths[:, None] -> return position >= max_bits - lengths[:, None]
# %% run-packed
h = {}


def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
    states, h[0] = rnn(packed, h.get(0))
    return pad_packed_sequence(states, batch_first=True, total_length=inputs.shape[1])[0]
