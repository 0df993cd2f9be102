"""The network runs through the padding and keeps the states there, the loss is multiplied by the mask, and the whole
batch has one length.

loses:
  random-lengths-check: one length for the whole batch
  run-packed-check: the network ran through the padding
  masked-loss-check: select the real positions instead of multiplying
  masked-accuracy-check: divide by the number of real positions
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.full(batch_size, rng.integers(1, max_bits + 1))
# %% run-packed
def run_packed(rnn, inputs, lengths):
    return rnn(inputs)[0]
# %% masked-loss
def masked_loss(logits, targets, mask):
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1)
    return (each * mask).sum() / mask.sum()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5)).squeeze(-1) & mask
    return right.float().mean().item()
