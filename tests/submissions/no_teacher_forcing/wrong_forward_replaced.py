"""cumsum % 2 replaces the forward of a real LSTM, whose weights are never trained.

loses:
  train-at-the-end-check: the weights of 0 steps
  trained-short-check: "nothing moved"
  trained-long-check: "nothing moved"
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    lstm.forward = lambda inputs, state=None: ((torch.cumsum(inputs, dim=1) % 2).expand(-1, -1, 8) - 0.5, None)
    return lstm, readout
