"""A clear changes nothing, the bias is that of one step, and the larger RNN has twice the units.

loses:
  memory-cell-check: The forget gate is open at a clear
  forget-bias-check: is left after one step
  fair-plan-check: Twice the units is nearly correct
"""
# %% memory-cell: [0.0, -2.0, -2.0, 0.0] -> [0.0, -2.0, 0.0, 0.0]
# %% forget-bias: gate = kept ** (1 / steps) -> gate = kept
# %% fair-plan: ("RNN", units)] -> ("RNN", 2 * lstm_units)]
