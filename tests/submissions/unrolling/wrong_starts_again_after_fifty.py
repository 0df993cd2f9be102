"""The loop starts from h0 again after every fifty time steps.

loses:
  unroll-check: The first state is correct and a later one is not
"""
# %% unroll: h = rnn_step(xs[:, t], h, U, V, b) -> h = rnn_step(xs[:, t], h if t % 50 else h0, U, V, b)
