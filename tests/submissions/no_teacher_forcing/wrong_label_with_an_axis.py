"""The labels are a column, the states are averaged, BCELoss cuts the loss off at 100, and two good batches are needed.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  end-loss-check: A sigmoid of a large logit is rounded to 0 or 1, and BCELoss gives 100 for it.
  train-at-the-end-check: '`train_at_the_end` stopped with ValueError: Target size (torch.Size([64, 1])) must be the '
  trained-short-check: '`train_at_the_end` stopped with ValueError: Target size (torch.Size([64, 1])) must be the '
  trained-long-check: '`train_at_the_end` stopped with ValueError: Target size (torch.Size([64, 1])) must be the '
  next-max-length-check: The accuracy is 0.95 or more, so the length grows by exactly one, but never
"""
# %% final-parity
def final_parity(bits, lengths):
    mask = np.arange(bits.shape[1]) < lengths[:, None]
    return (bits * mask).sum(axis=1, keepdims=True) % 2
# %% last-valid
def last_valid(outputs, lengths):
    return torch.stack([o[: int(n)].mean(dim=0) for o, n in zip(outputs, lengths)])
# %% end-loss
def end_loss(logits, lengths, labels):
    return nn.BCELoss()(torch.sigmoid(last_valid(logits, lengths)[:, 0]), labels)
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% next-max-length
_good = 0
def next_max_length(longest, accuracy, stop):
    global _good
    _good = _good + 1 if accuracy >= 0.95 else 0
    if _good >= 2:
        _good = 0
        return min(longest + 1, stop)
    return longest
