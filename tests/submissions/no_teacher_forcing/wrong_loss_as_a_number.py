"""The loss is a number, so no gradient can flow, it is a sum instead of a mean, and the seed is not used.

loses:
  final-parity-check: The label is the number of ones before position lengths[i], modulo 2, with one label for e
  last-valid-check: "`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of row i, with"
  end-loss-check: this is the sum over the strings
  end-gradient-check: no gradient can flow through the output of `end_loss`
  train-step-check: correct for small gradients and not for large ones
  train-at-the-end-check: "the argument `seed` is not used"
  trained-short-check: "nothing moved"
  trained-long-check: "nothing moved"
"""
# %% final-parity: (bits * real).sum(axis=1) -> bits.sum(axis=0)
# %% last-valid: outputs[torch.arange(len(outputs)), lengths - 1] -> outputs[:, lengths - 1]
# %% end-loss: return binary ->
loss = binary_cross_entropy_with_logits(logits[torch.arange(len(logits)), lengths - 1, 0], labels, reduction="sum")
return loss.item()
# %% train-step: end_loss( ->
logits = readout(states)[torch.arange(len(inputs)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(logits, labels)
# %% train-step: nn.utils.clip_grad_norm_ ->
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(0)
    return nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
