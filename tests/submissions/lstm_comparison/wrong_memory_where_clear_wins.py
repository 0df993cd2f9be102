"""A write has no effect at a clear, one step too many is counted, and the larger RNN has one unit too many.

loses:
  memory-cell-check: The input gate is shut at a write
  forget-bias-check: each step has one forget gate
  fair-plan-check: A smaller RNN has enough parameters
"""
# %% memory-cell: [0.0, 2.0, 0.0, 0.0] -> [0.0, 2.0, -2.0, 0.0]
# %% forget-bias: 1 / steps -> 1 / (steps + 1)
# %% fair-plan: ("RNN", units)] -> ("RNN", units + 1)]
