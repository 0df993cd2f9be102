"""A product with the mask keeps nan, the loss is the logarithm of a probability, and the two modules are clipped
one by one.

loses:
  last-valid-check: a product with a mask keeps nan
  end-loss-check: the logarithm of 0
  train-step-check: that of all parameters together
  train-at-the-end-check: "the argument `min_length` is not used"
  trained-long-check: "min_length=4), followed from your weights"
  next-max-length-check: the length grows by exactly one
"""

# %% last-valid
def last_valid(outputs, lengths):
    last = torch.arange(outputs.shape[1]) == lengths[:, None] - 1
    return (outputs * last[..., None]).sum(dim=1)

# %% end-loss
def end_loss(logits, lengths, labels):
    p = torch.sigmoid(logits[torch.arange(len(logits)), lengths - 1, 0])
    return -(labels * torch.log(p) + (1 - labels) * torch.log(1 - p)).mean()

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    logits = readout(lstm(inputs)[0])[torch.arange(len(inputs)), lengths - 1, 0]
    loss = binary_cross_entropy_with_logits(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(lstm.parameters(), 1.0)
    nn.utils.clip_grad_norm_(readout.parameters(), 1.0)
    optimizer.step()
    return loss.item()

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
    for _ in range(steps):
        bits, lengths = draw(64, 1, max_length, rng)
        inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
        labels = torch.from_numpy(final_parity(bits, lengths).astype(np.float32))
        train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
    return lstm, readout

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return longest + 1 if accuracy >= 0.95 and longest + 1 < stop else longest
