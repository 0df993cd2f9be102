"""Each length is given to two consecutive strings, the mask begins one time step late if the padding is before the
string, the caller's lengths are sorted in place, and torch.where leaves the padding out after the loss, so its gradient
is nan.

loses:
  random-lengths-check: Each string draws its own length
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding before
  run-packed-check: "`lengths` is changed in place"
  masked-loss-check: in the backward pass 0 times nan is nan
"""
# %% random-lengths: return rng ->
lengths = rng.integers(1, max_bits, size=(batch_size + 1) // 2, endpoint=True)
return np.repeat(lengths, 2)[:batch_size]
# %% length-mask: position >= max_bits -> position > max_bits
# %% run-packed
def run_packed(rnn, inputs, lengths):
    order = np.argsort(-lengths)
    lengths[:] = lengths[order]
    packed = pack_padded_sequence(inputs[order], torch.from_numpy(lengths), batch_first=True)
    states = pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
    return states[np.argsort(order)]
# %% masked-loss: return binary ->
each = binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1)
return torch.where(mask, each, 0.0).sum() / mask.sum()
