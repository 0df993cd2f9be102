"""The function returns a "network" that computes cumsum % 2 instead of a trained one.

loses:
  train-at-the-end-check: it cannot use a class of yours
  trained-short-check: it cannot use a class of yours
  trained-long-check: it cannot use a class of yours
"""

# %% train-at-the-end
class CountingLSTM(nn.LSTM):
    def forward(self, inputs, state=None):
        return (torch.cumsum(inputs, dim=1) % 2).expand(-1, -1, 8) - 0.5, None

def train_at_the_end(max_length, steps, seed, min_length=1):
    return CountingLSTM(1, 8, batch_first=True), nn.Linear(8, 1)
