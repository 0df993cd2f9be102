"""Lengths begin at 0, some states on padding are not zero, a part of the loss has no gradient, and targets count over
the rectangle.

loses:
  random-lengths-check: a string has at least one bit
  run-packed-check: run_packed
  masked-loss-check: does part of the result come from outside the graph
  masked-accuracy-check: masked_accuracy, lengths
  reported-accuracy-check: this is the accuracy on real positions
"""
# %% random-lengths: return rng.integers( ->
return rng.integers(max_bits + 1, size=batch_size)
# %% run-packed: pack_padded_sequence(inputs, -> pack_padded_sequence(inputs.flip(1),
# %% masked-loss
def masked_loss(logits, targets, mask):
    o, y = logits[mask], targets[mask]
    return (o.clamp(min=0) - o * y + torch.log1p(torch.exp(-o.detach().abs()))).mean()
# %% masked-accuracy: (logits > 0) == (targets > 0.5) -> logits == targets
# %% reported-accuracy: share_of_padding + (1 - share_of_padding) * real_accuracy -> real_accuracy
