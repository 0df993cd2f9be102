"""The label is a count, the output is a mean, the loss has a sigmoid too many, and the weights never move.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one label for e
  last-valid-check: "`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of row i, with"
  end-loss-check: you apply a sigmoid before a loss that contains one
  end-gradient-check: expected
  train-step-check: "nothing moved"
  train-at-the-end-check: the weights of 0 steps
  trained-short-check: "nothing moved"
  trained-long-check: "nothing moved"
  next-max-length-check: the length stays as it is
"""
# %% final-parity: (bits * real).sum(axis=1) % 2 -> (bits * real).sum(axis=1)
# %% last-valid
def last_valid(outputs, lengths):
    real = torch.arange(outputs.shape[1]) < lengths[:, None]
    return torch.where(real[..., None], outputs, 0.0).sum(1) / lengths[:, None]
# %% end-loss: return binary_cross_entropy_with_logits( ->
return binary_cross_entropy_with_logits(torch.sigmoid(logits[torch.arange(len(logits)), lengths - 1, 0]), labels)
# %% train-step: end_loss( ->
logits = readout(states)[torch.arange(len(inputs)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(logits, labels)
# %% train-step: nn.utils.clip_grad_norm_ ->
# %% train-step: optimizer.step() ->
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    return nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
# %% next-max-length: if accuracy >= 0.95 else longest -> if accuracy >= 0.95 else max(longest - 1, 1)
