"""All strings are cut where the longest ends, the states go through NumPy, the gradient has the wrong sign, and the
length shrinks after a bad batch.

loses:
  final-parity-check: This is the label of the string before it was cut. The bits at position
  last-valid-check: no gradient can flow through the output of `last_valid`, which is a value of type Tensor w
  end-gradient-check: At the last real time step, the gradient is (sigmoid(o) - y) / batch. Does the
  trained-short-check: The label is that of the string before it was cut.
  trained-long-check: The label is that of the string before it was cut.
  next-max-length-check: The accuracy is below 0.95, so the length stays as it is.
"""
# %% final-parity
def final_parity(bits, lengths):
    return bits[:, : lengths.max()].sum(axis=1) % 2
# %% last-valid
def last_valid(outputs, lengths):
    array = outputs.detach().numpy()
    return torch.from_numpy(array[np.arange(len(array)), lengths.numpy() - 1])
# %% end-loss
def end_loss(logits, lengths, labels):
    loss = binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], labels)
    return 2 * loss.detach() - loss
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(longest + 1, stop) if accuracy >= 0.95 else max(1, longest - 1)
