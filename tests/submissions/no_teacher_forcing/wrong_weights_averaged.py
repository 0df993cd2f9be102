"""The weights that are returned are an average over the last updates.

loses:
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
"""
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    parameters = [*lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.03)
    rng = np.random.default_rng(seed)
    mean = [p.detach().clone() for p in parameters]
    for _ in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        labels = torch.from_numpy(final_parity(bits, lengths)).float()
        train_step(lstm, readout, optimizer, torch.from_numpy(bits).float()[..., None], torch.from_numpy(lengths), labels)
        for m, p in zip(mean, parameters):
            m.lerp_(p.detach(), 0.5)
    with torch.no_grad():
        for m, p in zip(mean, parameters):
            p.copy_(m)
    return lstm, readout
