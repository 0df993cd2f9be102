"""The function returns strings that are longer than allowed.

loses:
  find-error-short-check: "your string is longer than `longest`"
  find-error-long-check: at most 60 bits
"""
# %% find-error: range(longest) -> range(5 * longest)
# %% find-error: return None -> return [0] * (2 * longest)
