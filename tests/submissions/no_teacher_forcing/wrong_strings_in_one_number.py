"""A string is packed into one number of 64 bits, a single string loses its axis, each step of the padding gets a
gradient, training begins with short strings, and the length stops one too early.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  end-loss-check: 'The padding takes part: select the last real time step before you compute the'
  end-gradient-check: Time steps before or after the last real one get a gradient, as if they had a
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
  next-max-length-check: The accuracy is 0.95 or more, so the length grows by exactly one, but never
"""
# %% final-parity
def final_parity(bits, lengths):
    numbers = (bits * 2 ** np.arange(bits.shape[1], dtype=np.int64)).sum(axis=1)
    numbers = numbers & ((np.int64(1) << lengths) - 1)
    return np.array([bin(int(n)).count("1") % 2 for n in numbers])
# %% last-valid
def last_valid(outputs, lengths):
    return outputs[torch.arange(len(outputs)), lengths - 1].squeeze()
# %% end-loss
def end_loss(logits, lengths, labels):
    loss = binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], labels)
    return loss + logits.mean() - logits.mean().detach()
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    rng = np.random.default_rng(seed)
    for step in range(steps):
        bits, lengths = draw(64, min_length, max(min_length, min(max_length, 3 + step)), rng)
        labels = torch.from_numpy(final_parity(bits, lengths)).float()
        train_step(lstm, readout, optimizer, torch.from_numpy(bits).float()[..., None], torch.from_numpy(lengths), labels)
    return lstm, readout
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return longest + 1 if accuracy >= 0.95 and longest + 1 < stop else longest
