"""The search ends one bit early.

loses:
  find-error-short-check: does your search end one bit early
  find-error-long-check: does your search end one bit early
"""
# %% find-error: range(longest) -> range(longest - 1)
