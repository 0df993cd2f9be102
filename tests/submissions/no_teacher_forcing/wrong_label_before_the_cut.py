"""The loop makes the labels of the whole strings and then cuts the strings, as the course's loop does.

loses:
  trained-short-check: the label is that of the string before it was cut
  trained-long-check: the label is that of the string before it was cut
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    for _ in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
        labels = torch.from_numpy(final_parity(bits, np.full(64, max_length)).astype(np.float32))
        train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
    return lstm, readout
