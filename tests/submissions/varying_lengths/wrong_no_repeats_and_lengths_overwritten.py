"""A length is drawn twice only where there are too few, the caller's lengths are overwritten, the states come from a
fresh layer, labels meet logits of another shape, and whole strings are counted.

loses:
  random-lengths-check: Each string draws its own length. Are lengths sorted, drawn in pairs, or drawn
  length-mask-check: '`lengths` is changed in place, and the caller goes on using it. Work on a copy,'
  run-packed-check: run_packed with lengths [2 5 1 3] and inputs of shape (4, 5, 1)
  masked-loss-check: The loss is the mean of the cross-entropy at the positions where `mask` is True.
  masked-accuracy-check: A logit above 0 means odd. Return the share of correct answers, from 0 to 1,
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.choice(np.arange(1, max_bits + 1), size=batch_size, replace=batch_size > max_bits)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    if padding == "before":
        lengths -= max_bits
        lengths *= -1
        return np.arange(max_bits) >= lengths[:, None]
    return np.arange(max_bits) < lengths[:, None]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    fresh = nn.RNN(1, rnn.hidden_size, batch_first=True)
    packed = pack_padded_sequence(inputs, torch.as_tensor(lengths), batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(fresh(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
# %% masked-loss
def masked_loss(logits, targets, mask):
    z, y = logits[mask], targets[mask].squeeze(-1)
    return (nn.functional.softplus(z) - z * y).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5))[..., 0] | ~mask
    return right.all(dim=1).float().mean().item()
