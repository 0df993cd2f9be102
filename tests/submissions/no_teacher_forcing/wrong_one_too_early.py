"""The label has one bit too few, the output is one time step early, the curriculum does not stop, and the LSTM is
twice as large.

loses:
  final-parity-check: you count one bit too few
  last-valid-check: the last real time step is one later
  train-at-the-end-check: expected
  trained-short-check: nn.LSTM(1, 8, batch_first=True)
  trained-long-check: nn.LSTM(1, 8, batch_first=True)
  next-max-length-check: never beyond stop
"""

# %% final-parity
def final_parity(bits, lengths):
    return np.array([row[:n - 1].sum() % 2 for row, n in zip(bits, lengths)])

# %% last-valid
def last_valid(outputs, lengths):
    return outputs[torch.arange(len(outputs)), (lengths - 2).clamp(min=0)]

# %% end-loss
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(logits[torch.arange(len(logits)), lengths - 1, 0], labels)

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    return nn.LSTM(1, 16, batch_first=True), nn.Linear(16, 1)

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return longest + 1 if accuracy >= 0.95 else longest
