"""Everything is computed in PyTorch, tanh by the sigmoid, and the units of the network are mirrored."""
# %% parity
def parity(bits):
    t = torch.as_tensor(np.asarray(bits)).long()
    return torch.remainder(t.sum(dim=1), 2).numpy()
# %% rnn-step
def rnn_step(x, h, U, V, b):
    x, h, U, V, b = map(torch.as_tensor, (x, h, U, V, b))
    z = torch.nn.functional.linear(x, U) + torch.nn.functional.linear(h, V, b)
    return (2 * torch.sigmoid(2 * z) - 1).numpy()
# %% unroll
def unroll(xs, h0, U, V, b):
    h, out = h0, torch.empty(xs.shape[0], xs.shape[1], h0.shape[1], dtype=torch.as_tensor(h0).dtype)
    for t, x in enumerate(torch.as_tensor(xs).unbind(1)):
        h = rnn_step(x.numpy(), h, U, V, b)
        out[:, t] = torch.as_tensor(h)
    return out.numpy()
# %% two-unit-weights
def two_unit_weights():
    "The net with the mirrored units."
    K = 6.0
    U, V, b = np.array([[-K], [K]]), K * np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([0.0, -2 * K])
    return U, V, b, np.array([[-1.0, -1.0]]), np.array([-1.0])
