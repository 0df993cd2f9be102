"""Write comes before value, the share is divided by the steps, and the readout is not counted.

loses:
  memory-cell-check: The columns of weight_ih are in the wrong order
  forget-bias-check: The shares of all steps are multiplied
  fair-plan-check: A smaller RNN has enough parameters, too. Did you count the readouts
"""
# %% memory-cell: bias = K * ->
weight_ih = weight_ih[:, [1, 0, 2, 3]]
bias = K * np.array([-1.0, 1.0, -1.0, -1.0])
# %% forget-bias: kept ** (1 / steps) -> kept / steps
# %% fair-plan: wanted = 4 * lstm_units * (lstm_units + 3) + lstm_units + 1 -> wanted = 4 * lstm_units * (lstm_units + 3)
# %% fair-plan: n * (n + 3) + n + 1 >= wanted -> n * (n + 3) >= wanted
