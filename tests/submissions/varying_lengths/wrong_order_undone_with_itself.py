"""The order is applied a second time instead of its inverse, lengths are rounded real numbers, and the mask consists of
0.0 and 1.0.

loses:
  random-lengths-check: "`rng.integers` draws all lengths independently of each other and equally often"
  length-mask-check: Convert the result to bool and return that
  run-packed-check: with the inverse
"""
# %% random-lengths: return rng.integers( ->
return np.round(rng.uniform(1, max_bits, size=batch_size)).astype(int)
# %% length-mask: return position < lengths[:, None] -> return (position < lengths[:, None]).astype(float)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    order = np.argsort(lengths)[::-1].copy()
    packed = pack_padded_sequence(inputs[order], lengths[order], batch_first=True)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0][order]
