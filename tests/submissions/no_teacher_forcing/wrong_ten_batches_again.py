"""The first ten batches are drawn once and repeated.

loses:
  trained-short-check: each update calls `draw` once
  trained-long-check: each update calls `draw` once
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    batches = [draw(64, min_length, max_length, rng) for _ in range(10)]
    for step in range(steps):
        bits, lengths = batches[step % 10]
        inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
        labels = torch.from_numpy(final_parity(bits, lengths).astype(np.float32))
        train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
    return lstm, readout
