"""The drawn lengths are sorted, and so are the strings for packing, whose order is not restored.

loses:
  random-lengths-check: Each string draws its own length
  run-packed-check: undo the sorting
"""
# %% random-lengths: return rng.integers( ->
return np.sort(rng.integers(1, max_bits, size=batch_size, endpoint=True))[::-1]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    order = np.argsort(-lengths)
    packed = pack_padded_sequence(inputs[order], lengths[order], batch_first=True)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
