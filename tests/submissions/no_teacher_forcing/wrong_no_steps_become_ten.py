"""A string of one bit is read at its second step, 0 steps become ten, and an accuracy of 0.95 is below the limit.

loses:
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
  next-max-length-check: 'An accuracy of exactly 0.95 is enough: use >=, not >.'
"""
# %% last-valid
def last_valid(outputs, lengths):
    return outputs[torch.arange(len(outputs)), (lengths - 1).clamp(min=1)]
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    rng = np.random.default_rng(seed)
    for _ in range(steps or 10):
        bits, lengths = draw(64, min_length, max_length, rng)
        labels = torch.from_numpy(final_parity(bits, lengths)).float()
        train_step(lstm, readout, optimizer, torch.from_numpy(bits).float()[..., None], torch.from_numpy(lengths), labels)
    return lstm, readout
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(longest + 1, stop) if int(100 * accuracy) > 95 else longest
