"""Lengths begin at 0, some states on padding are not zero, a part of the loss has no gradient, and targets count over
the rectangle.

loses:
  random-lengths-check: a string has at least one bit
  run-packed-check: run_packed
  masked-loss-check: does part of the result come from outside the graph
  masked-accuracy-check: masked_accuracy, lengths
  reported-accuracy-check: this is the accuracy on real positions
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.integers(max_bits + 1, size=batch_size)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs.flip(1), lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
# %% masked-loss
def masked_loss(logits, targets, mask):
    o, y = logits[mask], targets[mask]
    return (o.clamp(min=0) - o * y + torch.log1p(torch.exp(-o.detach().abs()))).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return (logits == targets)[mask].float().mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return real_accuracy
