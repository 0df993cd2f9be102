"""The function returns a string of zeros if it finds no error.

loses:
  find-error-short-check: on which the network is correct after every bit
  find-error-long-check: on which the network is correct after every bit
"""
# %% find-error: return None -> return [0] * longest
