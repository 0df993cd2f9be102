"""The network applies PyTorch's one-step cells in a Python loop, everything is counted and summed in loops, and
results come as lists."""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    total = 0
    for layer in range(num_layers):
        reads = input_size if layer == 0 else hidden_size
        for _ in range({"gru": 3, "lstm": 4}.get(cell, 1)):
            total += hidden_size * reads + hidden_size * hidden_size + hidden_size + hidden_size
    return total
# %% build-model
class Loop(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        self.hidden_size, self.is_lstm = hidden_size, cell == "lstm"
        self.cells = nn.ModuleList()
        for layer in range(num_layers):
            reads = hidden_size if layer else 1
            if cell in ("tanh", "relu"):
                self.cells.append(nn.RNNCell(reads, hidden_size, nonlinearity=cell))
            else:
                self.cells.append({"lstm": nn.LSTMCell, "gru": nn.GRUCell}[cell](reads, hidden_size))
        self.out = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        states, logits = [None] * len(self.cells), []
        for t in range(inputs.shape[1]):
            x = inputs[:, t]
            for i, cell in enumerate(self.cells):
                states[i] = cell(x, states[i])
                x = states[i][0] if self.is_lstm else states[i]
            logits.append(self.out(x))
        return torch.stack(logits, dim=1)

build_model = Loop
# %% success-rate
def success_rate(outcomes):
    k = n = 0
    for outcome in outcomes:
        n += 1
        if outcome:
            k += 1
    z2 = 1.959964 ** 2
    centre = (k + z2 / 2) / (n + z2)
    half = (z2 ** 0.5 / (n + z2)) * (k * (n - k) / n + z2 / 4) ** 0.5
    return [k / n, centre - half, centre + half]
