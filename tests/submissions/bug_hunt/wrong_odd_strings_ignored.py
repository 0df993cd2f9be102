"""The search notices an error on strings with an even number of ones only.

loses:
  find-error-short-check: with an odd number of ones
  find-error-long-check: with an odd number of ones
"""
# %% find-error: if (output > 0) != (odd ^ bit == 1): -> if output > 0 and odd == bit:
