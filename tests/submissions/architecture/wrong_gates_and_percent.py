"""The count for an LSTM has three blocks, because its candidate is forgotten. The rates are in percent.

loses:
  count-parameters-check: '"lstm" has 4 block(s) of weights, and you counted 3'
  success-rate-check: The rate is wrong already
"""
# %% count-parameters: "lstm": 4 -> "lstm": 3
# %% success-rate: return rate ->
return 100 * rate, 100 * (middle - root) / scale, 100 * (middle + root) / scale
