"""torch.where replaces the padding before the loss, and a product leaves it out afterwards."""

# %% masked-loss
def masked_loss(logits, targets, mask):
    logits = torch.where(mask, logits.squeeze(-1), 0.0)
    each = binary_cross_entropy_with_logits(logits, targets.squeeze(-1), reduction="none")
    return (each * mask).sum() / mask.sum()
