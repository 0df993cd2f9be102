"""There is no update if the loss is below 0.01, and labels and lengths are floats.

loses:
  final-parity-check: integer
  train-step-check: Is one left out
  next-max-length-check: integer
  trained-long-check: other weights from update
  trained-short-check: other weights from update
"""
# %% final-parity: return (bits * real).sum(axis=1) % 2 -> return (bits * real).sum(axis=1) % 2.0
# %% train-step: optimizer.step() ->
if loss.item() >= 0.01:
    optimizer.step()
# %% next-max-length: return min(longest + 1, stop) -> return 1.0 * min(longest + 1, stop)
