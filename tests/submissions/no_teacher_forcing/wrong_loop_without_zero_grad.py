"""train_step is correct, but the loop has its own lines instead, and zero_grad is missing.

loses:
  trained-short-check: "`optimizer.zero_grad()` is missing"
  trained-long-check: "`optimizer.zero_grad()` is missing"
"""

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    parameters = [*lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.03)
    for _ in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
        labels = torch.from_numpy(final_parity(bits, lengths).astype(np.float32))
        loss = end_loss(readout(lstm(inputs)[0]), torch.from_numpy(lengths), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    return lstm, readout
