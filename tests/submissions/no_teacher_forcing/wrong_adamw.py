"""The optimiser is AdamW, whose weights decay.

loses:
  trained-short-check: "one Adam makes all the updates at a rate of 0.03"
  trained-long-check: "one Adam makes all the updates at a rate of 0.03"
"""
# %% train-at-the-end: torch.optim.Adam( -> torch.optim.AdamW(
