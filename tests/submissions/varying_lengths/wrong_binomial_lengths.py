"""The lengths are sums of random bits, and the loss is divided by the number of strings.

loses:
  random-lengths-check: '`rng.integers` draws all lengths independently of each other and equally often.'
  masked-loss-check: The loss is the mean of the cross-entropy at the positions where `mask` is True.
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return 1 + rng.integers(2, size=(batch_size, max_bits - 1)).sum(axis=1)
# %% masked-loss
def masked_loss(logits, targets, mask):
    return binary_cross_entropy_with_logits(logits[mask], targets[mask], reduction="sum") / len(logits)
