"""The loop has its own lines, and nothing is clipped. With the usual start, no gradient is longer than 1.

loses:
  trained-short-check: "the gradient is not clipped to a norm of 1"
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    for step in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        states, _ = lstm(torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1))
        labels = torch.from_numpy(final_parity(bits, lengths).astype(np.float32))
        loss = end_loss(readout(states), torch.from_numpy(lengths), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return lstm, readout
