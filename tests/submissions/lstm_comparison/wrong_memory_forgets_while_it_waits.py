"""The forget gate is open at a write and shut else, the logarithm is to the base of 10, and a key has another name.

loses:
  memory-cell-check: The forget gate is
  forget-bias-check: is it the share `kept`
  fair-plan-check: a dict with the keys net, units, seed, lr, max_steps
"""
# %% memory-cell: [0.0, -2.0, -2.0, 0.0] -> [0.0, 2.0, 2.0, 0.0]
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [-1.0, -1.0, -1.0, -1.0]
# %% forget-bias: np.log( -> np.log10(
# %% fair-plan: "units": size -> "hidden_size": size
