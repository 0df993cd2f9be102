"""The state is appended before the time step, so the result contains h0 and lacks the last state.

loses:
  unroll-check: is in the result and the last state is not
"""
# %% unroll: states.append(h) ->
# %% unroll: rnn_step( ->
states.append(h)
h = rnn_step(xs[:, t], h, U, V, b)
