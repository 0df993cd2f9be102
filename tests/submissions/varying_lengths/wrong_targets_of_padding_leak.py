"""Only the logits of the padding are replaced, so nan in a padded target gets into the loss.

loses:
  masked-loss-check: targets of nan on padding
"""
# %% masked-loss: return binary_cross_entropy_with_logits( ->
chosen = mask.unsqueeze(-1)
each = binary_cross_entropy_with_logits(logits.where(chosen, torch.zeros(())), targets, reduction="none")
return (each * chosen).sum() / mask.sum()
