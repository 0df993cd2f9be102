"""The network has at least two units, whatever was asked for.

loses:
  lstm-parity-check: Do you use hidden_size
"""
# %% lstm-parity: super().__init__() ->
super().__init__()
hidden_size = max(hidden_size, 2)
