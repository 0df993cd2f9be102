"""The function always returns None.

loses:
  find-error-short-check: if you try all strings of this length
  find-error-long-check: there is one of
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    return None
