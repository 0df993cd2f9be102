"""All strings have one length, the loss has the correct value but no gradient, and the accuracy is the share of whole
strings.

loses:
  random-lengths-check: one length for the whole batch
  masked-loss-check: the result was cut from the graph
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: the two shares are swapped
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return int(rng.integers(1, max_bits + 1))
# %% masked-loss
def masked_loss(logits, targets, mask):
    return torch.tensor(binary_cross_entropy_with_logits(logits[mask], targets[mask]).item())
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5)).squeeze(-1)
    return (right | ~mask).all(dim=1).float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return (1 - share_of_padding) + share_of_padding * real_accuracy
