"""The forget gate is open at a write, the loss is divided evenly over the steps, and the only RNN has as many units.

loses:
  memory-cell-check: open at a write, so the new value is added to the old one
  forget-bias-check: divided the loss evenly
  fair-plan-check: There should be two RNNs
"""
# %% memory-cell: [0.0, -2.0, -2.0, 0.0] -> [0.0, 0.0, -2.0, 0.0]
# %% forget-bias: gate = kept ** (1 / steps) -> gate = 1 - (1 - kept) / steps
# %% fair-plan: nets = [("LSTM", lstm_units), ("RNN", lstm_units), ("RNN", units)] -> nets = [("LSTM", lstm_units), ("RNN", lstm_units)]
