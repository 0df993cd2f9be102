"""The output in the search lacks c.

loses:
  find-error-short-check: does c take part?
  find-error-long-check: does c take part?
"""
# %% find-error: (W @ state + c)[0] -> (W @ state)[0]
