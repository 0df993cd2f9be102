"""The network has at most sixteen units, because more would be slow.

loses:
  build-model-check: A network of 16 units has this size. Do you use hidden_size?
"""
# %% build-model: super().__init__() ->
super().__init__()
hidden_size = min(hidden_size, 16)
