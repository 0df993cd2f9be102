"""The student forgets batch_first, so the network reads down the batch.

loses:
  build-model-check: batch_first=True is missing
  learns-check: batch_first=True is missing
"""
# %% build-model: num_layers=num_layers, batch_first=True -> num_layers=num_layers
