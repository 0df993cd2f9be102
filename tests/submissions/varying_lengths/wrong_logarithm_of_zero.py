"""The cross-entropy takes the logarithm of zero, and the packed states are never unpacked.

loses:
  run-packed-check: still packed
  masked-loss-check: the logarithm of a probability
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: reported_accuracy(0.2, 0.9)
"""
# %% run-packed: pad_packed_sequence(states, batch_first=True, total_length=inputs.shape[1])[0] -> states
# %% masked-loss
def masked_loss(logits, targets, mask):
    p, y = torch.sigmoid(logits[mask]), targets[mask]
    return (-y * torch.log(p) - (1 - y) * torch.log(1 - p)).mean()
# %% masked-accuracy: (logits > 0) == -> (logits > 0) !=
# %% reported-accuracy: return share_of_padding ->
return 100 * (share_of_padding + (1 - share_of_padding) * real_accuracy)
