"""The readout is counted as well, and the outcomes have to be an array.

loses:
  count-parameters-check: This is not one of the usual mistakes
  success-rate-check: "'list' object has no attribute 'sum'"
"""
# %% count-parameters: return blocks ->
return blocks * (first + (num_layers - 1) * later) + hidden_size + 1
# %% success-rate: outcomes = np.asarray(outcomes) ->
