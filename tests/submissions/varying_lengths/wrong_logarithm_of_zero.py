"""The cross-entropy takes the logarithm of zero, and the packed states are never unpacked.

loses:
  run-packed-check: still packed
  masked-loss-check: the logarithm of a probability
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: reported_accuracy(0.2, 0.9)
"""
# %% run-packed
def run_packed(rnn, inputs, lengths):
    return rnn(pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False))[0]
# %% masked-loss
def masked_loss(logits, targets, mask):
    p, y = torch.sigmoid(logits[mask]), targets[mask]
    return (-y * torch.log(p) - (1 - y) * torch.log(1 - p)).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return ((logits > 0) != (targets > 0.5))[mask].float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return 100 * (share_of_padding + (1 - share_of_padding) * real_accuracy)
