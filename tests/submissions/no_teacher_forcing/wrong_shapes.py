"""cumsum makes a label at every time step, there is an axis too many, zero_grad comes after backward, and the
modules are not returned.

loses:
  final-parity-check: this is a label at every time step
  last-valid-check: "`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of row i, with"
  train-step-check: nothing moved
  train-at-the-end-check: return lstm, readout
  trained-short-check: return lstm, readout
  trained-long-check: return lstm, readout
  next-max-length-check: the length grows by exactly one
"""

# %% final-parity
def final_parity(bits, lengths):
    return np.cumsum(bits, axis=1) % 2

# %% last-valid
def last_valid(outputs, lengths):
    return outputs[torch.arange(len(outputs)), lengths - 1].unsqueeze(1)

# %% end-loss
def end_loss(logits, lengths, labels):
    o = last_valid(logits, lengths)[:, 0]
    return (o.clamp(min=0) - o * labels + torch.log1p(torch.exp(-o.abs()))).mean()

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    return nn.Sequential(nn.LSTM(1, 8), nn.Linear(8, 1)).state_dict()

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return min(2 * longest, stop) if accuracy >= 0.95 else longest
