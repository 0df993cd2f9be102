"""Long lengths are cut to max_bits, the masked loss is divided by the size of the rectangle, and the accuracy compares
logits with 0.5.

loses:
  random-lengths-check: "`rng.integers` draws all lengths independently of each other and equally often"
  masked-loss-check: divided by the size of the rectangle
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: this holds for a network that guesses
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.minimum(rng.integers(1, 2 * max_bits, size=batch_size), max_bits)
# %% masked-loss
def masked_loss(logits, targets, mask):
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1)
    return torch.where(mask, each, 0.0).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return ((logits > 0.5) == (targets > 0.5))[mask].float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return 0.5 + share_of_padding / 2
