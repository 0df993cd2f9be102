"""The loop starts from zeros, as in the chapter.

loses:
  unroll-check: the loop starts from zeros
"""
# %% unroll: h, states = h0, [] -> h, states = np.zeros((len(xs), len(b))), []
