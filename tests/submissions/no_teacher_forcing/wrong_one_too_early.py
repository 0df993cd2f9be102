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
# %% final-parity: lengths[:, None] -> lengths[:, None] - 1
# %% last-valid: lengths - 1] -> (lengths - 2).clamp(min=0)]
# %% end-loss: last_valid(logits, lengths)[:, 0] -> logits[torch.arange(len(logits)), lengths - 1, 0]
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    return nn.LSTM(1, 16, batch_first=True), nn.Linear(16, 1)
# %% next-max-length: min(longest + 1, stop) if -> longest + 1 if
