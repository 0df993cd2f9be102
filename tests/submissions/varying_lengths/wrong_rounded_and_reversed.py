"""Lengths are rounded from real numbers, the batch is turned around instead of its strings, each string starts from
the last state of the string before it, logits are cut off at 30, and the accuracy is summed in half precision.

loses:
  random-lengths-check: '`rng.integers` draws all lengths independently of each other and equally often.'
  length-mask-check: The order of the strings is reversed, `[::-1]`. Reverse each row instead, `[:,
  run-packed-check: run_packed with lengths [2 5 1 3] and inputs of shape (4, 5, 1)
  masked-loss-check: are clipped
  masked-accuracy-check: A logit above 0 means odd. Return the share of correct answers, from 0 to 1,
  always-even-check: always_even, lengths [1 4 2] in a rectangle of 6 steps
  reported-accuracy-check: reported_accuracy(0.4)
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.rint(rng.uniform(1, max_bits, size=batch_size)).astype(int)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    mask = np.arange(max_bits) < lengths[:, None]
    return mask[::-1] if padding == "before" else mask
# %% run-packed
def run_packed(rnn, inputs, lengths):
    states, h = torch.zeros(*inputs.shape[:2], rnn.hidden_size), None
    rows = []
    for row, n in zip(inputs, lengths.tolist()):
        out, h = rnn(row[None, :n], h)
        rows.append(nn.functional.pad(out[0], (0, 0, 0, inputs.shape[1] - n)))
    return torch.stack(rows)
# %% masked-loss
def masked_loss(logits, targets, mask):
    return binary_cross_entropy_with_logits(logits[mask].clamp(-30, 30), targets[mask])
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5))[mask].half()
    return float(right.cumsum(0)[-1] / len(right))
# %% always-even
def always_even(targets, mask):
    return 0.75, 0.5
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=1.0):
    return share_of_padding + (1 - share_of_padding) * real_accuracy
