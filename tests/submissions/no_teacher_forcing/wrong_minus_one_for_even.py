"""An even string has the label -1, the end of the longest string is read for all, the logit has the wrong sign, and
the length is a float.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  end-loss-check: end_loss of logits (2, 1, 1) with the lengths [1 1] and the labels [1. 0.]
  end-gradient-check: At the last real time step, the gradient is (sigmoid(o) - y) / batch. Does the
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
  next-max-length-check: Convert the result to integer and return that.
"""
# %% final-parity
def final_parity(bits, lengths):
    mask = np.arange(bits.shape[1]) < lengths[:, None]
    return 1 - 2 * (((bits * mask).sum(axis=1) + 1) % 2)
# %% last-valid
def last_valid(outputs, lengths):
    return outputs[:, int(lengths.max()) - 1]
# %% end-loss
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(-last_valid(logits, lengths)[:, 0], labels)
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return np.minimum(longest + 1.0, stop) if accuracy >= 0.95 else longest
