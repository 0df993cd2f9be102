"""Labels and outputs are gathered, the strings are packed, and all batches are drawn before the loop."""
# %% final-parity
def final_parity(bits, lengths):
    seen = torch.from_numpy(np.asarray(bits)).cumsum(dim=1)
    return (seen.gather(1, torch.from_numpy(np.asarray(lengths))[:, None] - 1)[:, 0] % 2).numpy()
# %% last-valid
def last_valid(outputs, lengths):
    return torch.take_along_dim(outputs, (lengths.long() - 1).view(-1, 1, 1), dim=1).squeeze(1)
# %% end-loss
def end_loss(logits, lengths, labels):
    z = last_valid(logits, lengths).flatten()
    return nn.functional.softplus((1 - 2 * labels) * z).mean()
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths.cpu(), batch_first=True, enforce_sorted=False)
    h = lstm(packed)[1][0][0]
    optimizer.zero_grad(set_to_none=False)
    loss = binary_cross_entropy_with_logits(readout(h).squeeze(1), labels)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(lstm.parameters()) + list(readout.parameters()), max_norm=1)
    optimizer.step()
    return float(loss)
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    readout, lstm = nn.Linear(8, 1), nn.LSTM(1, 8, batch_first=True)
    optimizer = torch.optim.Adam([{"params": lstm.parameters()}, {"params": readout.parameters()}], lr=0.03)
    rng = np.random.default_rng(seed)
    batches = [draw(64, min_length, max_length, rng) for _ in range(steps)]
    for bits, lengths in batches:
        y = torch.tensor(final_parity(bits, lengths), dtype=torch.float32)
        train_step(lstm, readout, optimizer, torch.tensor(bits[:, :, None], dtype=torch.float32), torch.tensor(lengths), y)
    return lstm, readout
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return longest + int(accuracy >= 0.95 and longest < stop)
