"""Everything is a torch tensor, and the LSTM has parameters of its own with the gates in another order."""

# %% lstm-step
def lstm_step(x, h, c, weights):
    w = {name: torch.from_numpy(value) for name, value in weights.items()}
    x, h, c = map(torch.from_numpy, (x, h, c))
    gates = torch.nn.functional.linear(x, w["weight_ih"], w["bias_ih"]) + \
        torch.nn.functional.linear(h, w["weight_hh"], w["bias_hh"])
    i, f, g, o = gates.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        H = hidden_size
        self.hidden_size = H
        self.U = nn.Parameter(torch.randn(1, 4 * H) * 0.3)
        self.V = nn.Parameter(torch.randn(H, 4 * H) * 0.3)
        self.b, self.b2 = nn.Parameter(torch.zeros(4 * H)), nn.Parameter(torch.zeros(4 * H))
        self.W = nn.Parameter(torch.randn(H, 1) * 0.3)
        self.c = nn.Parameter(torch.zeros(1))

    def forward(self, inputs):
        h = c = inputs.new_zeros(inputs.shape[0], self.hidden_size)
        logits = []
        for x in inputs.unbind(dim=1):
            f, i, o, g = (x @ self.U + h @ self.V + self.b + self.b2).chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            logits.append(h @ self.W + self.c)
        return torch.stack(logits, 1)

# %% summarise
def summarise(steps):
    late = torch.tensor([float("inf") if s is None else float(s) for s in steps]).sort().values
    median = (late[(len(late) - 1) // 2] + late[len(late) // 2]) / 2
    return [int((late < float("inf")).sum()), len(late), None if median.isinf() else median]

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs = inputs.clone().requires_grad_(True)
    model(inputs)[0][:, -1, :].sum().backward()
    return inputs.grad.abs().squeeze(-1).mean(0)
