"""The label is compared with every time step, even and odd are swapped, nothing is clipped, and the weights do not
come from the seed.

loses:
  final-parity-check: even and odd are swapped
  end-loss-check: you compare the label with the logit of every time step
  end-gradient-check: time steps before or after the last real one get a gradient
  train-step-check: you compare the label with the logit of every time step
  train-at-the-end-check: something is drawn without the seed
  trained-short-check: something is drawn without the seed
  trained-long-check: something is drawn without the seed
  next-max-length-check: the accuracy is below 0.95
"""
# %% final-parity: % 2 -> % 2 == 0
# %% end-loss: return binary_cross_entropy_with_logits( ->
return binary_cross_entropy_with_logits(logits, labels[:, None, None].expand(logits.shape))
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    return nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
# %% next-max-length: if accuracy >= 0.95 -> if accuracy >= 0.9
