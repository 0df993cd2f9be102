"""Every hundred updates, a new optimiser takes over.

loses:
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
"""
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    rng = np.random.default_rng(seed)
    for step in range(steps):
        if step % 100 == 0:
            optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
        bits, lengths = draw(64, min_length, max_length, rng)
        labels = torch.from_numpy(final_parity(bits, lengths)).float()
        train_step(lstm, readout, optimizer, torch.from_numpy(bits).float()[..., None], torch.from_numpy(lengths), labels)
    return lstm, readout
