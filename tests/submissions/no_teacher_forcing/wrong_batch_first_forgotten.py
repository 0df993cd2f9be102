"""The nn.LSTM lacks batch_first.

loses:
  train-at-the-end-check: "it reads down the batch"
  trained-short-check: "it reads down the batch"
  trained-long-check: "it reads down the batch"
"""
# %% train-at-the-end: lstm, readout = nn.LSTM(1, 8, batch_first=True) -> lstm, readout = nn.LSTM(1, 8)
