"""Each cell is written from linear layers in double precision, parameters are counted from arrays of shapes, and
the interval is an array."""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    reads = np.full(num_layers, hidden_size)
    reads[0] = input_size
    per_block = hidden_size * (reads + hidden_size + 2)
    return per_block.sum() * dict(tanh=1, relu=1, gru=3, lstm=4)[cell]
# %% build-model
class OwnLayer(nn.Module):
    def __init__(self, cell, reads, hidden):
        super().__init__()
        blocks = {"gru": 3, "lstm": 4}.get(cell, 1)
        self.cell, self.hidden = cell, hidden
        self.from_input = nn.Linear(reads, blocks * hidden)
        self.from_state = nn.Linear(hidden, blocks * hidden)

    def forward(self, xs):
        h = c = torch.zeros(xs.shape[0], self.hidden, dtype=xs.dtype)
        out = torch.empty(xs.shape[0], 0, self.hidden, dtype=xs.dtype)
        for x in xs.unbind(1):
            a, s = self.from_input(x), self.from_state(h)
            if self.cell == "lstm":
                i, f, g, o = (a + s).chunk(4, dim=1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
            elif self.cell == "gru":
                (ar, az, an), (sr, sz, sn) = a.chunk(3, 1), s.chunk(3, 1)
                z = torch.sigmoid(az + sz)
                h = (1 - z) * torch.tanh(an + torch.sigmoid(ar + sr) * sn) + z * h
            else:
                h = getattr(torch, self.cell)(a + s)
            out = torch.cat([out, h.unsqueeze(1)], dim=1)
        return out


class OwnNet(nn.Module):
    def __init__(self, cell, hidden, depth):
        super().__init__()
        self.layers = nn.Sequential(*(OwnLayer(cell, hidden if i else 1, hidden) for i in range(depth)))
        self.readout = nn.Linear(hidden, 1)
        self.double()

    def forward(self, inputs):
        return self.readout(self.layers(inputs.double()))


def build_model(cell, hidden_size, num_layers):
    return OwnNet(cell, hidden_size, num_layers)
# %% success-rate
def success_rate(outcomes):
    p, n = np.mean(outcomes), np.size(outcomes)
    roots = np.roots([1 + 1.96**2 / n, -(2 * p + 1.96**2 / n), p**2])   # (p - q)^2 = 1.96^2 q (1 - q) / n
    return np.array([p, *sorted(np.real(roots))])
