"""The bits behind the cut are overwritten in the caller's array, only the first feature is selected, every label meets
every logit, the network is trained on -1 and 1, and the accuracy is rounded.

loses:
  final-parity-check: '`bits` is changed in place, and the caller goes on using it. Work on a copy,'
  last-valid-check: '`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of'
  end-loss-check: end_loss of logits (2, 1, 1) with the lengths [1 1] and the labels [1. 0.]
  end-gradient-check: At the last real time step, the gradient is (sigmoid(o) - y) / batch. Does the
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
  next-max-length-check: The accuracy is below 0.95, so the length stays as it is.
"""
# %% final-parity
def final_parity(bits, lengths):
    bits[np.arange(bits.shape[1]) >= lengths[:, None]] = 0
    return bits.sum(axis=1) % 2
# %% last-valid
def last_valid(outputs, lengths):
    return outputs.gather(1, (lengths.long() - 1)[:, None, None])[:, 0]
# %% end-loss
def end_loss(logits, lengths, labels):
    z = last_valid(logits, lengths)
    return (nn.functional.softplus(z) - z * labels).mean()
# %% train-step: loss = end_loss(readout(states), lengths, labels) ->
last = readout(states)[torch.arange(len(labels)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(last, labels)
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        labels = torch.from_numpy(final_parity(bits, lengths)).float()
        train_step(lstm, readout, optimizer, torch.from_numpy(2 * bits - 1).float()[..., None], torch.from_numpy(lengths), labels)
    return lstm, readout
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(longest + 1, stop) if round(accuracy, 2) >= 0.95 else longest
