"""Every length is equally frequent in a batch, in random order, only the last state is returned, and the loss is that
of the padding.

loses:
  random-lengths-check: without repeats
  run-packed-check: An axis is missing
  masked-loss-check: The loss is the mean of the cross-entropy at the positions where `mask` is True
  masked-accuracy-check: This is the sum over real positions
  reported-accuracy-check: on padding the network is correct every time
"""
# %% random-lengths: return rng.integers( ->
return rng.permutation(np.arange(batch_size) % max_bits + 1)
# %% run-packed: return pad_packed_sequence( ->
return rnn(packed)[1][0]
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return binary_cross_entropy_with_logits(logits[~mask], targets[~mask])
# %% masked-accuracy: right[mask].float().mean().item() -> right[mask].sum().item()
# %% reported-accuracy: return share_of_padding ->
return (1 - share_of_padding) * real_accuracy
