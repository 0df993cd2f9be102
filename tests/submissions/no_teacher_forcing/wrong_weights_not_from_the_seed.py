"""The strings come from the seed, but the weights come from a fixed number.

loses:
  train-at-the-end-check: the weights do not come from `seed`
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(0)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    for _ in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
        labels = torch.from_numpy(final_parity(bits, lengths).astype(np.float32))
        train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
    return lstm, readout
