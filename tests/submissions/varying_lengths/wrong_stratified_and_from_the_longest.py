"""Every length comes equally often in a batch, padding before a string is counted from the longest string, the padding
of the caller's inputs is overwritten, and the probabilities are kept away from 0 and 1.

loses:
  random-lengths-check: Each string draws its own length. Are lengths sorted, drawn in pairs, or drawn
  length-mask-check: Time steps count from 0. The last real one is `length - 1`, or, with padding
  run-packed-check: '`inputs` is changed in place, and the caller goes on using it. Work on a copy,'
  masked-loss-check: are clipped
  masked-accuracy-check: A logit above 0 means odd. Return the share of correct answers, from 0 to 1,
  always-even-check: always_even, lengths [1 4 2] in a rectangle of 6 steps
  reported-accuracy-check: This holds for a network that guesses; real_accuracy may be another number.
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.permutation(np.arange(batch_size) % max_bits + 1)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    columns = np.arange(max_bits)
    if padding == "before":
        return columns >= lengths.max() - lengths[:, None]
    return columns < lengths[:, None]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    mask = torch.as_tensor(length_mask(lengths, inputs.shape[1]))
    inputs[~mask] = 0
    return rnn(inputs)[0] * mask.unsqueeze(-1)
# %% masked-loss
def masked_loss(logits, targets, mask):
    p = torch.sigmoid(logits[mask]).clamp(1e-7, 1 - 1e-7)
    y = targets[mask]
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return (torch.sign(logits) == 2 * targets - 1)[mask].float().mean().item()
# %% always-even
def always_even(targets, mask):
    real = mask
    real |= True
    never = torch.full_like(targets, -1.0)
    return masked_accuracy(never, targets, real), masked_accuracy(never, targets, mask)
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=None):
    return share_of_padding + (1 - share_of_padding) * (real_accuracy or 0.5)
