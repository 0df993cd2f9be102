"""Each bit goes through the LSTM as a string of its own, the loss is a mean, and the median is the upper of the two
in the middle.

loses:
  lstm-parity-check: each time step is computed by itself
  summarise-check: halfway between the two in the middle
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""
# %% lstm-parity: states, _ = ->
states = torch.cat([self.lstm(bit)[0] for bit in inputs.split(1, dim=1)], dim=1)
# %% summarise: float(np.median(late)) -> sorted(late)[len(late) // 2]
# %% gradient-norms: output[:, -1].sum() -> output[:, -1].mean()
