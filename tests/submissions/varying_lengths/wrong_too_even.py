"""Every length is equally frequent in a batch, in random order, only the last state is returned, and the loss is that
of the padding.

loses:
  random-lengths-check: without repeats
  run-packed-check: An axis is missing
  masked-loss-check: The loss is the mean of the cross-entropy at the positions where `mask` is True
  masked-accuracy-check: This is the sum over real positions
  reported-accuracy-check: on padding the network is correct every time
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.permutation(np.arange(batch_size) % max_bits + 1)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
    return rnn(packed)[1][0]
# %% masked-loss
def masked_loss(logits, targets, mask):
    return binary_cross_entropy_with_logits(logits[~mask], targets[~mask])
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return ((logits > 0) == (targets > 0.5))[mask].sum().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return (1 - share_of_padding) * real_accuracy
