"""The loss from probabilities: it fails for a net that is sure; the other of the two numbers is given first.

loses:
  masked-loss-check: compute the loss on the logits
  always-even-check: the two are in the wrong order
"""
# %% masked-loss
def masked_loss(logits, targets, mask):
    p, y = torch.sigmoid(logits[mask]), targets[mask]
    return nn.functional.binary_cross_entropy(p, y)
# %% always-even
def always_even(targets, mask):
    logits = -torch.ones_like(targets)
    return masked_accuracy(logits, targets, mask), masked_accuracy(logits, targets, torch.ones_like(mask))
