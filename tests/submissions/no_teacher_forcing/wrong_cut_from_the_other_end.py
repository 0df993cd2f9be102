"""The last bits are taken and not the first, all ends are read from each string, longer strings weigh more, and the
length jumps near its end.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  end-loss-check: end_loss of logits (4, 3, 1) with the lengths [1 3 1 1] and the labels [0. 1. 1. 0.]
  end-gradient-check: At the last real time step, the gradient is (sigmoid(o) - y) / batch. Does the
  trained-short-check: None of the usual mistakes explains it. Do the checks of `final_parity` and
  trained-long-check: None of the usual mistakes explains it. Do the checks of `final_parity` and
  next-max-length-check: The accuracy is 0.95 or more, so the length grows by exactly one, but never
"""
# %% final-parity
def final_parity(bits, lengths):
    return np.array([row[-n:].sum() % 2 for row, n in zip(bits, lengths)])
# %% last-valid
def last_valid(outputs, lengths):
    return outputs[:, lengths - 1]
# %% end-loss
def end_loss(logits, lengths, labels):
    each = binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], labels, reduction="none")
    return (each * lengths).sum() / lengths.sum()
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return stop if accuracy >= 0.95 and stop - longest <= 5 else min(longest + 1, stop) if accuracy >= 0.95 else longest
