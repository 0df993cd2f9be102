"""The loss and the accuracy are a mean for each string and then the mean of those, and the network answers odd.

loses:
  masked-loss-check: short strings count too much
  masked-accuracy-check: short strings count too much
  always-even-check: always answers odd
"""
# %% masked-loss
def masked_loss(logits, targets, mask):
    rows = [binary_cross_entropy_with_logits(o[m], y[m]) for o, y, m in zip(logits, targets, mask)]
    return torch.stack(rows).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5)).float().squeeze(-1)
    return torch.stack([r[m].mean() for r, m in zip(right, mask)]).mean().item()
# %% always-even
def always_even(targets, mask):
    odd = (targets[..., 0] == 1).float()
    return odd.mean().item(), odd[mask].mean().item()
