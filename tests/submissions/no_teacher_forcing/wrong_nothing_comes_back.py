"""Several functions return nothing, and the loss has one number for each string.

loses:
  final-parity-check: is a `return` missing
  last-valid-check: is a `return` missing
  end-loss-check: take their mean
  end-gradient-check: expected
  train-step-check: is a `return` missing
  train-at-the-end-check: "expected: a pair (lstm, readout)"
  trained-short-check: "expected: a pair (lstm, readout)"
  trained-long-check: "expected: a pair (lstm, readout)"
  next-max-length-check: is a `return` missing
"""

# %% final-parity
def final_parity(bits, lengths):
    answer = bits.sum(axis=1) % 2

# %% last-valid
def last_valid(outputs, lengths):
    outputs[torch.arange(len(outputs)), lengths - 1]

# %% end-loss
def end_loss(logits, lengths, labels):
    o = logits[torch.arange(len(logits)), lengths - 1, 0]
    return binary_cross_entropy_with_logits(o, labels, reduction="none")

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    states, _ = lstm(inputs)
    loss = end_loss(readout(states), lengths, labels).mean()
    loss.backward()

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    longest = min(longest + 1, stop)
