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
# %% final-parity: np.arange(bits.shape[1]) < lengths[:, None] -> np.arange(bits.shape[1]) <= lengths[:, None]
# %% last-valid: lengths - 1] -> lengths]
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    raise NotImplementedError
# %% next-max-length: if accuracy >= 0.95 -> if accuracy > 0.95
