"""The function tries every string of up to 12 bits, and no longer ones.

loses:
  find-error-long-check: a string; there is one of
"""
# %% find-error: range(longest) -> range(min(longest, 12))
# %% find-error: found[:16] + found[16:][-16:] -> found
