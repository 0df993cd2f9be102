"""The search ends one bit early.

loses:
  find-error-short-check: an error on the last of them counts
  find-error-long-check: an error on the last of them counts
"""
# %% find-error: range(longest) -> range(longest - 1)
