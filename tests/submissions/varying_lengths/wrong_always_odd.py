"""Everything is right but the last measure: a positive logit says odd, not even.

loses:
  always-even-check: always says odd
"""
# %% always-even
def always_even(targets, mask):
    logits = torch.ones_like(targets)
    return masked_accuracy(logits, targets, torch.ones_like(mask)), masked_accuracy(logits, targets, mask)
