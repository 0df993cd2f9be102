"""The layers are counted as if each read the input, and Wilson's interval lacks the division by 1 + 1.96²/n.

loses:
  count-parameters-check: This is not one of the usual mistakes
  success-rate-check: the division by 1 + 1.96²/n is missing
"""
# %% count-parameters: later = hidden_size * (hidden_size + hidden_size + 2) -> later = first
# %% success-rate: scale = 1 + kappa**2 / n -> scale = 1
