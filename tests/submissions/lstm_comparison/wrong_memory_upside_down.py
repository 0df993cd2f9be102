"""Ones and zeros are swapped, `kept` is taken for what is lost, and the larger RNN has fewer parameters than the LSTM.

loses:
  memory-cell-check: Ones and zeros are swapped
  forget-bias-check: This bias loses the share that should be kept
  fair-plan-check: This RNN has fewer parameters than the LSTM
"""
# %% memory-cell: [2.0, 0.0, 0.0, 0.0] -> [-2.0, 0.0, 0.0, 0.0]
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [-1.0, 1.0, 1.0, -1.0]
# %% forget-bias: kept ** (1 / steps) -> (1 - kept) ** (1 / steps)
# %% fair-plan: ("RNN", units)] -> ("RNN", units - 1)]
