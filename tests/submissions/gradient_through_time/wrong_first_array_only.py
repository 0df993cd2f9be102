"""The function returns after the first array.

loses:
  gradient-is-right-check: check every entry of every array
"""
# %% gradient-is-right: zip(weights, gradient) -> zip(weights[:1], gradient)
