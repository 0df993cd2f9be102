"""The mask is multiplied in, and 0 times nan is nan.

loses:
  output-gradient-check: a value on padding was multiplied by 0
"""
# %% output-gradient: return np.where(mask, ->
return (chance - labels) * mask / mask.sum()
