"""What h shows opens the output gate at the next step, a tuple stands for a number, and there is no RNN of equal size.

loses:
  memory-cell-check: With weight_hh = 0 the unit is correct
  forget-bias-check: Expected
  fair-plan-check: One RNN should have as many units as the LSTM
"""
# %% memory-cell: np.zeros((4, 1)) -> K * np.array([[0.0], [0.0], [0.0], [5.0]])
# %% forget-bias: return np.log(gate / (1 - gate)) -> return gate, np.log(gate / (1 - gate))
# %% fair-plan: ("RNN", lstm_units), ("RNN", units)] -> ("RNN", units - 1), ("RNN", units)]
