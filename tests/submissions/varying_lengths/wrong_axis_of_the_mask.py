"""The student multiplies [batch, steps, 1] by [batch, steps] without removing an axis.

loses:
  length-mask-check: two axes are swapped
  masked-loss-check: do not fit
  masked-accuracy-check: gives [batch, batch, steps]
"""
# %% length-mask: return position < lengths[:, None] -> return position[:, None] < lengths
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return (binary_cross_entropy_with_logits(logits, targets, reduction="none") * mask).sum() / mask.sum()
# %% masked-accuracy: right[mask].float().mean().item() -> ((right & mask).sum() / mask.sum()).item()
