"""The weights come in a list and not in a dict, and a plan with one rate has no runs.

loses:
  memory-cell-check: a dict with the keys weight_ih, weight_hh, bias_ih, bias_hh
  fair-plan-check: a list with a dict for each run
"""
# %% memory-cell: return {"weight_ih": weight_ih, "weight_hh": np.zeros((4, 1)), "bias_ih": bias, "bias_hh": np.zeros(4)} -> return [weight_ih, np.zeros((4, 1)), bias, np.zeros(4)]
# %% fair-plan: for rate in rates -> for rate in rates[1:]
