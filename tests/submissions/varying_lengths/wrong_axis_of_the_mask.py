"""The student multiplies [batch, steps, 1] by [batch, steps] without removing an axis.

loses:
  length-mask-check: two axes are swapped
  masked-loss-check: do not fit
  masked-accuracy-check: gives [batch, batch, steps]
"""
# %% length-mask
def length_mask(lengths, max_bits):
    return np.arange(max_bits)[:, None] < lengths
# %% masked-loss
def masked_loss(logits, targets, mask):
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (each * mask).sum() / mask.sum()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = (logits > 0) == (targets > 0.5)
    return ((right & mask).sum() / mask.sum()).item()
