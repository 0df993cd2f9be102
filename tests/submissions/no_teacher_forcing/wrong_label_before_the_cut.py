"""The loop makes the labels of the whole strings and then cuts the strings, as the course's loop does.

loses:
  trained-short-check: the label is that of the string before it was cut
  trained-long-check: the label is that of the string before it was cut
"""
# %% train-at-the-end: final_parity(bits, lengths) -> final_parity(bits, np.full(64, max_length))
