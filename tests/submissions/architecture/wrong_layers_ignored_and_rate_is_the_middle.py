"""Both functions ignore num_layers, and the middle of the interval is returned as the rate.

loses:
  count-parameters-check: "this is the count for one layer: num_layers has no effect"
  build-model-check: do you pass num_layers on
  success-rate-check: you return the middle of the interval as the rate
"""
# %% count-parameters: return blocks * (first + (num_layers - 1) * later) -> return blocks * first
# %% build-model: num_layers=num_layers, batch_first=True -> batch_first=True
# %% success-rate: return rate, -> return middle / scale,
