"""If lengths are given, which `train` does, the network packs the inputs and returns logits for the longest
string's width alone.

loses:
  lstm-parity-check: as wide as the inputs
"""
# %% lstm-parity: self.lstm(inputs) ->
states, _ = self.lstm(inputs)
if lengths is not None:
    states = states[:, :int(lengths.min())]
