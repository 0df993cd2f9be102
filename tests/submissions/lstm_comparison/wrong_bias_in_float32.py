"""The bias is computed in float32, which is too coarse for many steps, and the budget is divided among the rates.

loses:
  forget-bias-check: float32
  fair-plan-check: Every network should have the same budget
"""
# %% forget-bias: gate = kept ** (1 / steps) -> gate = np.float32(kept) ** np.float32(1 / steps)
# %% fair-plan: "max_steps": budget -> "max_steps": budget // len(rates)
