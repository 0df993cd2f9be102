"""The padding is taken out again by a difference of sums, which large values on padding make inexact.

loses:
  masked-loss-check: on padding
  masked-accuracy-check: on padding
"""
# %% masked-loss: return binary_cross_entropy_with_logits( ->
each = binary_cross_entropy_with_logits(logits, targets, reduction="none").nan_to_num()[..., 0]
return (each.sum() - each[~mask].sum()) / mask.sum()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    chosen = mask.unsqueeze(-1)
    wrong = ((logits > 0).float() - targets).abs() * chosen
    return 1 - (wrong.sum() / chosen.sum()).item()
