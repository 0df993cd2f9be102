"""The network runs through the padding and keeps the states there, the loss is multiplied by the mask, and the whole
batch has one length.

loses:
  random-lengths-check: one length for the whole batch
  run-packed-check: the network ran through the padding
  masked-loss-check: select the real positions instead of multiplying
  masked-accuracy-check: divide by the number of real positions
"""
# %% random-lengths: return rng.integers( ->
return np.full(batch_size, rng.integers(1, max_bits + 1))
# %% run-packed: return pad_packed_sequence( ->
return rnn(inputs)[0]
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return (binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1) * mask).sum() / mask.sum()
# %% masked-accuracy: right[mask].float().mean().item() -> (right.squeeze(-1) & mask).float().mean().item()
