"""Lengths are remainders of a draw from 64 numbers, the mask before a string is one column short, the last state is
repeated over the padding, the gradient is doubled, and the accuracy is rounded.

loses:
  random-lengths-check: from 1 to 64
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding
  run-packed-check: The states on real positions are correct, but those on padding are not 0.
  masked-loss-check: 'The value is correct and its gradient is not: does part of the result come from'
  masked-accuracy-check: A logit above 0 means odd. Return the share of correct answers, from 0 to 1,
  always-even-check: always_even, lengths [1 4 2] in a rectangle of 6 steps
  reported-accuracy-check: reported_accuracy(0.4, 0)
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.integers(0, 64, size=batch_size) % max_bits + 1
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    columns = np.arange(max_bits)
    return columns < lengths[:, None] if padding == "after" else columns > max_bits - lengths[:, None]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs, torch.as_tensor(lengths), batch_first=True, enforce_sorted=False)
    output, last = rnn(packed)
    states, _ = pad_packed_sequence(output, batch_first=True, total_length=inputs.shape[1])
    mask = torch.arange(inputs.shape[1]) < torch.as_tensor(lengths)[:, None]
    return torch.where(mask[..., None], states, last[0][:, None])
# %% masked-loss
def masked_loss(logits, targets, mask):
    loss = binary_cross_entropy_with_logits(logits[mask], targets[mask])
    return 2 * loss - loss.detach()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return round(((logits > 0) == (targets > 0.5))[mask].float().mean().item(), 2)
# %% always-even
def always_even(targets, mask):
    share = 1 - mask.float().mean().item()
    return share + (1 - share) / 2, 0.5
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return max(0.5, share_of_padding + (1 - share_of_padding) * real_accuracy)
