"""Every length is equally frequent in a batch, in random order, only the last state is returned, and the loss is that
of the padding.

loses:
  random-lengths-check: without repeats
  run-packed-check: this is only the last state
  masked-loss-check: the mask is inverted
  masked-accuracy-check: this is a count
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
