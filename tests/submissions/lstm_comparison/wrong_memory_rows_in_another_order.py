"""The forget gate has the first row, the inverse is that of tanh, and the RNNs get only the largest rate.

loses:
  memory-cell-check: The rows are in the wrong order
  forget-bias-check: the inverse of tanh
  fair-plan-check: Every network should have all of the rates
"""
# %% memory-cell: [0.0, 2.0, 0.0, 0.0] -> [0.0, -2.0, -2.00, 0.0]
# %% memory-cell: [0.0, -2.0, -2.0, 0.0], -> [0.0, 2.0, 0.0, 0.0],
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [1.0, -1.0, -1.0, -1.0]
# %% forget-bias: np.log(gate / (1 - gate)) -> np.arctanh(gate)
# %% fair-plan: for rate in rates -> for rate in (rates if net == "LSTM" else [max(rates)])
