"""The gates are not sharp enough, the bias has the wrong sign, and the RNNs run with three of the seeds.

loses:
  memory-cell-check: not near enough to 0 or 1
  forget-bias-check: The sign is wrong
  fair-plan-check: Every network should have all of the seeds
"""
# %% memory-cell: K = 100 -> K = 6
# %% forget-bias: gate / (1 - gate) -> (1 - gate) / gate
# %% fair-plan: for seed in seeds] -> for seed in (seeds if net == "LSTM" else seeds[:1])]
