"""The label has one bit too many, the output is one time step late, and > stands for >=. The training is not
written.

loses:
  final-parity-check: you count one bit too many
  last-valid-check: the last real time step is one earlier
  train-at-the-end-check: not written yet
  trained-short-check: not written yet
  trained-long-check: not written yet
  next-max-length-check: an accuracy of exactly 0.95 is enough
"""

# %% final-parity
def final_parity(bits, lengths):
    return np.array([row[:n + 1].sum() % 2 for row, n in zip(bits, lengths)])

# %% last-valid
def last_valid(outputs, lengths):
    return outputs[torch.arange(len(outputs)), lengths]

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    raise NotImplementedError

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(longest + 1, stop) if accuracy > 0.95 else longest
