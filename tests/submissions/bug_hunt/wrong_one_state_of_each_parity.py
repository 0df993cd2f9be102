"""The search follows one state of each parity, the one nearest to a wrong answer.

loses:
  find-error-long-check: ten or more of each parity
"""
# %% find-error: one: one[0] -> one: one[0] * (1 if odd else -1)
# %% find-error: found[:16] + found[16:][-16:] -> found[:1]
