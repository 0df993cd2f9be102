"""Each string gets the labels at the ends of all strings, nan becomes zero and the step is one too early, labels are
softened, and nothing is returned where the length stays.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  end-loss-check: end_loss of logits (2, 1, 1) with the lengths [1 1] and the labels [1. 0.]
  end-gradient-check: At the last real time step, the gradient is (sigmoid(o) - y) / batch. Does the
  train-at-the-end-check: '`train_at_the_end` stopped with ValueError: Target size (torch.Size([64, 64])) must be the'
  trained-short-check: '`train_at_the_end` stopped with ValueError: Target size (torch.Size([64, 64])) must be the'
  trained-long-check: '`train_at_the_end` stopped with ValueError: Target size (torch.Size([64, 64])) must be the'
  next-max-length-check: 'next_max_length(2, 0.9499, stop=50) gives None (is a `return` missing?). Expected: a numbe'
"""
# %% final-parity
def final_parity(bits, lengths):
    return (np.cumsum(bits, axis=1) % 2)[:, lengths - 1]
# %% last-valid
def last_valid(outputs, lengths):
    clean = torch.nan_to_num(outputs)
    mask = torch.arange(outputs.shape[1]) < lengths[:, None]
    return (clean * mask[..., None])[torch.arange(len(outputs)), lengths - 2]
# %% end-loss
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], 0.98 * labels + 0.01)
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    if accuracy >= 0.95:
        return min(longest + 1, stop)
