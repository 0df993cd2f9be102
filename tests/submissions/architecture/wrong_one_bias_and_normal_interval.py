"""The count has one bias vector, as in equation 2.1, and the interval is the rate plus and minus 1.96 standard
errors.

loses:
  count-parameters-check: two bias vectors
  success-rate-check: shrinks to a point at 0 of n
"""
# %% count-parameters: input_size + hidden_size + 2 -> input_size + hidden_size + 1
# %% count-parameters: (hidden_size + hidden_size + 2) -> (hidden_size + hidden_size + 1)
# %% success-rate: return rate ->
error = 1.96 * np.sqrt(rate * (1 - rate) / n)
return rate, rate - error, rate + error
