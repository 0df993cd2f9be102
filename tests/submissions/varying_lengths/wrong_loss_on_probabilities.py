"""The loss is computed from probabilities, which fails for large logits, and always_even returns its two numbers in the
wrong order.

loses:
  masked-loss-check: compute the loss on the logits
  always-even-check: the two are in the wrong order
"""
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return nn.functional.binary_cross_entropy(torch.sigmoid(logits[mask]), targets[mask])
# %% always-even
def always_even(targets, mask):
    logits = -torch.ones_like(targets)
    return masked_accuracy(logits, targets, mask), masked_accuracy(logits, targets, torch.ones_like(mask))
