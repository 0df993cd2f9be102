"""The caller's lengths are changed twice, logits are cut off at 50, and a perfect batch adds two to the length.

loses:
  final-parity-check: '`lengths` is changed in place, and the caller goes on using it. Work on a copy,'
  last-valid-check: '`lengths` is changed in place, and the caller goes on using it. Work on a copy,'
  end-loss-check: end_loss of logits (5, 5, 1) of up to about 200 with the lengths [2 3 2 2 3] and the label
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
  next-max-length-check: The accuracy is 0.95 or more, so the length grows by exactly one, but never
"""
# %% final-parity
def final_parity(bits, lengths):
    lengths -= 1
    return (np.cumsum(bits, axis=1) % 2)[np.arange(len(bits)), lengths]
# %% last-valid
def last_valid(outputs, lengths):
    lengths -= 1
    return outputs[torch.arange(len(outputs)), lengths]
# %% end-loss
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0].clamp(-50, 50), labels)
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(longest + 1 + (accuracy == 1), stop) if accuracy >= 0.95 else longest
