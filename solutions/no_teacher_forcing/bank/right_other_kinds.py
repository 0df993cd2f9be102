"""The labels are booleans, the network is in float64, the loss is a tensor, and the curriculum uses NumPy integers.
"""

# %% final-parity
def final_parity(bits, lengths):
    return (np.cumsum(bits, axis=1)[np.arange(len(bits)), lengths - 1] % 2).astype(bool)

# %% last-valid
def last_valid(outputs, lengths):
    last = torch.arange(outputs.shape[1])[None] == lengths[:, None] - 1
    return outputs[last].double()

# %% end-loss
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(last_valid(logits, lengths), labels[:, None].double())

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed + 100)
    net = nn.ModuleDict({"lstm": nn.LSTM(1, 8, batch_first=True), "readout": nn.Linear(8, 1)}).double()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
    for _ in range(steps):
        bits, lengths = draw(64, min_length, max_length, rng)
        inputs = torch.tensor(bits, dtype=torch.float64)[:, :, None]
        labels = torch.tensor(final_parity(bits, lengths), dtype=torch.float64)
        train_step(net["lstm"], net["readout"], optimizer, inputs, torch.tensor(lengths), labels)
    return [net["lstm"], net["readout"]]

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return np.int64(np.clip(longest + (accuracy >= 0.95), None, stop))
