"""The network has at least two units, as if a single one were a mistake.

loses:
  build-model-check: A network of 2 units
"""
# %% build-model: return ParityNet(cell, hidden_size, num_layers) -> return ParityNet(cell, max(hidden_size, 2), num_layers)
