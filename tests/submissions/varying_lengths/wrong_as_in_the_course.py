"""The course's helper is copied: the upper end is excluded, row 0 has full length, and the lengths are sorted. Loss and
accuracy are over the rectangle.

loses:
  random-lengths-check: One row always has full length, as in the original notebook, so the lengths are not uniform
  run-packed-check: "the lengths were sorted and the strings were not"
  masked-loss-check: the padding is counted
  masked-accuracy-check: the padding is counted
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    if max_bits == 1:
        return np.ones(batch_size, dtype=int)
    lengths = rng.integers(1, max_bits, size=batch_size)
    lengths[0] = max_bits
    return -np.sort(-lengths)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    lengths = -np.sort(-lengths)
    packed = pack_padded_sequence(inputs, lengths, batch_first=True)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return binary_cross_entropy_with_logits(logits, targets)
# %% masked-accuracy: right[mask] -> right
