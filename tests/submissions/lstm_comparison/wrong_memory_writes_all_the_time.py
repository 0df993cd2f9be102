"""The input gate is always open, one step too few is counted, and each run comes twice.

loses:
  memory-cell-check: The input gate is open at a step without a write
  forget-bias-check: each step has one forget gate
  fair-plan-check: There should be one run for each pair
"""
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [1.0, 1.0, -1.0, -1.0]
# %% forget-bias: 1 / steps -> 1 / max(steps - 1, 1)
# %% fair-plan: for seed in seeds] -> for seed in seeds * 2]
