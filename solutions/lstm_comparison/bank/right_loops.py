"""The code returns h and c in one array, and loops over units, time steps of nn.LSTMCell, and strings, and computes the median by hand."""

# %% lstm-step
import math


def sigmoid(a):
    return 1.0 / (1.0 + math.exp(-a))


def lstm_step(x, h, c, weights):
    batch, H = h.shape
    new = np.empty((2, batch, H))
    new_h, new_c = new
    for row in range(batch):
        for unit in range(H):
            a = []
            for gate in range(4):
                k = gate * H + unit
                total = weights["bias_ih"][k] + weights["bias_hh"][k]
                for feature in range(x.shape[1]):
                    total += weights["weight_ih"][k, feature] * x[row, feature]
                for other in range(H):
                    total += weights["weight_hh"][k, other] * h[row, other]
                a.append(total)
            new_c[row, unit] = sigmoid(a[1]) * c[row, unit] + sigmoid(a[0]) * math.tanh(a[2])
            new_h[row, unit] = sigmoid(a[3]) * math.tanh(new_c[row, unit])
    return new

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.cell = nn.LSTMCell(1, hidden_size)
        self.out = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        h = torch.zeros(len(inputs), self.hidden_size)
        c = torch.zeros(len(inputs), self.hidden_size)
        logits = []
        for t in range(inputs.shape[1]):
            h, c = self.cell(inputs[:, t], (h, c))
            logits.append(self.out(h))
        return torch.stack(logits, dim=1)

# %% summarise
def summarise(steps):
    solved = sorted(s for s in steps if s is not None)
    count = len(steps)
    low, high = (count - 1) // 2, count // 2
    if high >= len(solved):
        return len(solved), count, None
    return len(solved), count, (solved[low] + solved[high]) / 2

# %% gradient-norms
def gradient_norms(model, inputs):
    total = np.zeros(inputs.shape[1])
    for string in inputs:
        one = string[None].clone().requires_grad_()
        states, _ = model(one)
        gradient, = torch.autograd.grad(states[0, -1].sum(), one)
        for t in range(len(total)):
            total[t] += abs(gradient[0, t, 0].item())
    return total / len(inputs)
