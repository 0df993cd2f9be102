"""The student calls the operator that nn.RNN itself calls, and the weights overflow.

loses:
  unroll-check: '`unroll` calls `torch.rnn_tanh`, which is the ready answer to this task. Write it yourself'
  two-unit-weights-check: This is not one of the usual mistakes. Write down U x' + V h + b for each of
"""
# %% unroll
def unroll(xs, h0, U, V, b):
    xs, h0, U, V, b = (torch.as_tensor(np.asarray(a), dtype=torch.float64) for a in (xs, h0, U, V, b))
    return torch.ops.aten.rnn_tanh.input(xs, h0[None], [U, V, b, 0 * b], True, 1, 0.0, False, False, True)[0].numpy()
# %% two-unit-weights
def two_unit_weights():
    K = 1e308
    return (np.array([[K], [K]]), K * np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.0, -2 * K]),
            np.array([[1.0, -1.0]]), np.array([-1.0]))
