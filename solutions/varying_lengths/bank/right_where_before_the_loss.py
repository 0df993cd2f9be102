"""torch.where replaces the padding before the loss, and a product leaves it out afterwards."""

# %% masked-loss
def masked_loss(logits, targets, mask):
    logits, targets = (torch.where(mask, values.squeeze(-1), 0.0) for values in (logits, targets))
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (each * mask).sum() / mask.sum()
