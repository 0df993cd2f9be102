"""The argument min_length is not passed on.

loses:
  train-at-the-end-check: "`min_length` is not used"
  trained-long-check: "min_length=4), followed from your weights"
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    for step in range(steps):
        bits, lengths = draw(64, 1, max_length, rng)
        inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
        labels = torch.from_numpy(final_parity(bits, lengths).astype(np.float32))
        loss = train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
    return lstm, readout
