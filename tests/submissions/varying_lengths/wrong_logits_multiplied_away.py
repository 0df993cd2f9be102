"""Logits and targets are multiplied by the mask and averaged over everything, and 1 is added to an end that is included
already.

loses:
  random-lengths-check: "`integers(1, max_bits)` excludes the upper end, and `endpoint=True` includes it"
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding before the st
  masked-loss-check: The loss is the mean of the cross-entropy at the positions where `mask` is True
  masked-accuracy-check: masked_accuracy, lengths
"""
# %% random-lengths: rng.integers(1, max_bits, -> rng.integers(1, max_bits + 1,
# %% length-mask: return position < lengths[:, None] -> return position < lengths[:, None] - 1
# %% masked-loss
def masked_loss(logits, targets, mask):
    m = mask.unsqueeze(-1)
    return binary_cross_entropy_with_logits(logits * m, targets * m)
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    m = mask.unsqueeze(-1)
    return (((logits > 0) & m) == ((targets > 0.5) & m)).float().mean().item()
