"""The sorting of the strings is undone, but the caller's lengths are sorted in place.

loses:
  run-packed-check: "`lengths` is changed in place"
"""

# %% run-packed
def run_packed(rnn, inputs, lengths):
    order = np.argsort(-lengths)
    lengths[:] = lengths[order]
    packed = pack_padded_sequence(inputs[order], torch.from_numpy(lengths), batch_first=True)
    states = pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
    return states[np.argsort(order)]
