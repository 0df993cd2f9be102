"""Everything is written in PyTorch: the functions return float32 tensors, and the weights still require a gradient."""
# %% parity
def parity(bits):
    return torch.as_tensor(bits).sum(dim=1).remainder(2).bool()
# %% rnn-step
def rnn_step(x, h, U, V, b):
    x, h, U, V, b = (torch.as_tensor(one, dtype=torch.float32) for one in (x, h, U, V, b))
    return torch.tanh(nn.functional.linear(x, U, b) + nn.functional.linear(h, V))
# %% unroll
def unroll(xs, h0, U, V, b):
    V = torch.tensor(V, dtype=torch.float32, requires_grad=True)
    h, states = h0, []
    for x in torch.as_tensor(xs).unbind(dim=1):
        h = rnn_step(x, h, U, V, b)
        states.append(h)
    return torch.stack(states, dim=1)
# %% two-unit-weights
def two_unit_weights():
    K = torch.tensor(5.0, requires_grad=True)
    U, V = K * torch.ones(2, 1), K * torch.tensor([[1.0, -1.0], [1.0, -1.0]])
    return U, V, K * torch.tensor([0.0, -2.0]), torch.tensor([[1.0, -1.0]]), torch.tensor([-1.0])
