"""A zero is stored as 0, the logarithm of the gate is returned, and the larger RNN has four times the units.

loses:
  memory-cell-check: A stored zero should be negative
  forget-bias-check: the logarithm of the gate
  fair-plan-check: not four times the units
"""
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [-1.0, 1.0, 0.0, -1.0]
# %% forget-bias: np.log(gate / (1 - gate)) -> np.log(gate)
# %% fair-plan: ("RNN", units)] -> ("RNN", 4 * lstm_units)]
