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
# %% final-parity: return (bits * real) -> parity = (bits * real)
# %% last-valid: return outputs ->
last = outputs[torch.arange(len(outputs)), lengths - 1]
# %% end-loss: return binary_cross_entropy_with_logits( ->
return binary_cross_entropy_with_logits(logits[torch.arange(len(logits)), lengths - 1, 0], labels, reduction="none")
# %% train-step: loss = ->
loss = end_loss(readout(states), lengths, labels).mean()
# %% train-step: return loss.item() -> loss.item()
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
# %% next-max-length: return min( ->
longest = min(longest + 1, stop) if accuracy >= 0.95 else longest
