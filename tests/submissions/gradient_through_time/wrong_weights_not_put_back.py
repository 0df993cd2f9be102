"""Each weight stays where it was moved.

loses:
  gradient-is-right-check: put each weight back
"""
# %% gradient-is-right: found[place] = ->
found[place] = (above - below) / (2 * step)
weight[place] = before - step
