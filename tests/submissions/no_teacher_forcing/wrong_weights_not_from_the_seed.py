"""The strings come from the seed, but the weights come from a fixed number.

loses:
  train-at-the-end-check: the weights do not come from `seed`
"""
# %% train-at-the-end: lstm, readout = nn ->
torch.manual_seed(0)
lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
