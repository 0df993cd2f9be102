"""The loss is a Python number, and the accuracy is a percentage.

loses:
  masked-loss-check: return the tensor itself
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: multiply real_accuracy
"""
# %% masked-loss
def masked_loss(logits, targets, mask):
    return binary_cross_entropy_with_logits(logits[mask], targets[mask]).item()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return 100 * ((logits > 0) == (targets > 0.5))[mask].float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return share_of_padding + real_accuracy
