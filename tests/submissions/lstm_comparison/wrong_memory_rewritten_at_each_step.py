"""The forget gate is always shut, so the unit stores for one step only; nothing is returned; the plan is the colleague's.

loses:
  memory-cell-check: shut at a step without a write or a clear
  forget-bias-check: is a `return` missing
  fair-plan-check: There should be two RNNs
"""
# %% memory-cell: [0.0, -2.0, -2.0, 0.0] -> [0.0, 0.0, 0.0, 0.0]
# %% memory-cell: [-1.0, 1.0, -1.0, -1.0] -> [-1.0, -1.0, -1.0, -1.0]
# %% forget-bias: return np.log( -> print(
# %% fair-plan
def fair_plan(lstm_units, seeds, budget, rates):
    return unfair_plan(lstm_units, seeds, budget, rates)
