"""No network has more than three layers.

loses:
  build-model-check: A network of 3 layer(s)
"""
# %% build-model: return ParityNet(cell, hidden_size, num_layers) -> return ParityNet(cell, hidden_size, min(num_layers, 3))
