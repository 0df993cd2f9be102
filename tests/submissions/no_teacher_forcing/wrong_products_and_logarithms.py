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
# %% train-step: end_loss( ->
logits = readout(states)[torch.arange(len(inputs)), lengths - 1, 0]
loss = binary_cross_entropy_with_logits(logits, labels)
# %% train-step: nn.utils.clip_grad_norm_ ->
nn.utils.clip_grad_norm_(lstm.parameters(), 1.0)
nn.utils.clip_grad_norm_(readout.parameters(), 1.0)
# %% train-at-the-end: bits, lengths = draw(64, min_length, -> bits, lengths = draw(64, 1,
# %% next-max-length: return min( ->
return longest + 1 if accuracy >= 0.95 and longest + 1 < stop else longest
