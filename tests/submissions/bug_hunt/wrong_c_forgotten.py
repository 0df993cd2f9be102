"""The output in the search lacks c.

loses:
  find-error-short-check: A positive output means odd, any other output means even, and the first state is 0. Compar
  find-error-long-check: A positive output means odd, any other output means even, and the first state is 0. Compar
"""
# %% find-error: (W @ state + c)[0] -> (W @ state)[0]
