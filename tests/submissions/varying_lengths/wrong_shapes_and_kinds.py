"""The functions return lists, pairs, arrays with an additional axis, a number for each string, or the last state alone.

loses:
  random-lengths-check: "Expected: an array"
  length-mask-check: An axis of size 1 is missing, or there is one too many
  run-packed-check: return a pair
  masked-loss-check: take the sum or the mean over all axes at once
  masked-accuracy-check: take the sum or the mean over all axes at once
  always-even-check: return all of them
  reported-accuracy-check: "None (is a `return` missing?)"
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return [int(rng.integers(1, max_bits + 1)) for _ in range(batch_size)]
# %% length-mask
def length_mask(lengths, max_bits):
    return (np.arange(max_bits) < lengths[:, None])[..., None]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])
# %% masked-loss
def masked_loss(logits, targets, mask):
    return torch.stack([binary_cross_entropy_with_logits(o[m], y[m]) for o, y, m in zip(logits, targets, mask)])
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5)).squeeze(-1) & mask
    return (right.sum(1) / mask.sum(1)).numpy()
# %% always-even
def always_even(targets, mask):
    return (targets == 0).float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    print(share_of_padding + (1 - share_of_padding) * real_accuracy)
