"""Lengths are bytes, which begin again at 256, padding before a string is the complement of the mask, the mask of the
states is one column short, the gradient reaches the padding, and the accuracy is in per cent.

loses:
  random-lengths-check: An integer of 8 bits cannot be above 255, and an `int8` cannot be above 127.
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding
  run-packed-check: run_packed with lengths [2 5 1 3] and inputs of shape (4, 5, 1)
  masked-loss-check: 'The value is correct and its gradient is not: does part of the result come from'
  masked-accuracy-check: A logit above 0 means odd. Return the share of correct answers, from 0 to 1,
  always-even-check: always_even, lengths [1 4 2] in a rectangle of 6 steps
  reported-accuracy-check: reported_accuracy(0.2, 0.9)
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.integers(1, max_bits + 1, size=batch_size).astype(np.uint8)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    mask = np.arange(max_bits) < lengths[:, None]
    return mask if padding == "after" else ~mask
# %% run-packed
def run_packed(rnn, inputs, lengths):
    mask = torch.arange(1, inputs.shape[1] + 1) < torch.as_tensor(lengths)[:, None]
    return torch.where(mask[..., None], rnn(torch.where(mask[..., None], inputs, 0.0))[0], 0.0)
# %% masked-loss
def masked_loss(logits, targets, mask):
    loss = binary_cross_entropy_with_logits(logits[mask], targets[mask])
    pull = 0.1 * torch.nan_to_num(logits).clamp(-1, 1).mean()
    return loss + pull - pull.detach()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return 100 * ((logits > 0) == (targets > 0.5))[mask].float().mean().item()
# %% always-even
def always_even(targets, mask):
    even = (targets[..., 0] == 0)
    return even.float().mean().item(), (even & mask).float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return min(1.0, share_of_padding + real_accuracy)
