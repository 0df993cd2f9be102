"""The output gate is always open, the gate is returned in the place of its bias, and the RNNs get half of the budget.

loses:
  memory-cell-check: The output gate is open without a read
  forget-bias-check: This is the value of the gate
  fair-plan-check: Every network should have the same budget
"""
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [-1.0, 1.0, -1.0, 1.0]
# %% forget-bias: np.log(gate / (1 - gate)) -> gate
# %% fair-plan: "max_steps": budget -> "max_steps": budget if net == "LSTM" else budget // 2
