"""The label is made with `sum`, as the course says, before the strings are cut.

loses:
  final-parity-check: the label of the string before it was cut
  trained-short-check: the label is that of the string before it was cut
  trained-long-check: the label is that of the string before it was cut
"""
# %% final-parity: (bits * real).sum(axis=1) -> bits.sum(axis=1)
