"""It never finds anything.

loses:
  find-error-short-check: so short a string
  find-error-long-check: there is one of
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    return None
