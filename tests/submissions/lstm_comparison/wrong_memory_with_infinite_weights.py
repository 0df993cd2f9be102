"""The weights are infinite, the share is not used, and the LSTM has the size of the larger RNN.

loses:
  memory-cell-check: Infinity times 0 is not a number
  forget-bias-check: "forget_bias(steps=10, kept=0.25)"
  fair-plan-check: The LSTM should have `lstm_units` units
"""
# %% memory-cell: K = 100 -> K = np.inf
# %% forget-bias: kept ** (1 / steps) -> 0.5 ** (1 / steps)
# %% fair-plan: nets = [("LSTM", lstm_units), -> nets = [("LSTM", units),
