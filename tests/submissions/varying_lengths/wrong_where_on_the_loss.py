"""torch.where leaves the padding out after the loss, so the value is correct and the gradient is nan.

loses:
  masked-loss-check: in the backward pass 0 times nan is nan
"""

# %% masked-loss
def masked_loss(logits, targets, mask):
    each = binary_cross_entropy_with_logits(logits.squeeze(-1), targets.squeeze(-1), reduction="none")
    return torch.where(mask, each, 0.0).sum() / mask.sum()
