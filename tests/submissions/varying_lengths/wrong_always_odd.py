"""Everything is correct except always_even, in which a positive logit means odd.

loses:
  always-even-check: always answers odd
"""
# %% always-even
def always_even(targets, mask):
    logits = torch.ones_like(targets)
    return masked_accuracy(logits, targets, torch.ones_like(mask)), masked_accuracy(logits, targets, mask)
