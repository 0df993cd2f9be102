"""The student adds cells with imports and helpers, prints a lot, warns, and reads h from nn.LSTM's second output.
"""

# %% added before lstm-step
import statistics
import warnings

squash = np.vectorize(lambda a: 1 / (1 + np.exp(-a)))

# %% added before summarise
def is_solved(step):
    return step is not None

# %% lstm-step
def lstm_step(x, h, c, weights):
    print("shapes", x.shape, h.shape)
    warnings.warn("a sigmoid may overflow")
    H = h.shape[1]
    gates = {}
    for k, name in enumerate("ifgo"):
        rows = slice(k * H, (k + 1) * H)
        b = weights["bias_ih"][rows] + weights["bias_hh"][rows]
        gates[name] = x @ weights["weight_ih"][rows].T + h @ weights["weight_hh"][rows].T + b
    c_new = squash(gates["f"]) * c + squash(gates["i"]) * np.tanh(gates["g"])
    h_new = squash(gates["o"]) * np.tanh(c_new)
    return h_new, c_new

# %% lstm-parity
class LSTMParity(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.net = nn.ModuleDict({"memory": nn.LSTM(input_size=1, hidden_size=hidden_size, batch_first=True, num_layers=1),
                                  "answer": nn.Linear(in_features=hidden_size, out_features=1)})

    def forward(self, inputs, lengths=None):
        warnings.warn("lengths are ignored")
        print("forward", inputs.shape)
        return self.net["answer"](self.net["memory"](inputs)[0])

# %% summarise
def summarise(steps):
    late = [s if is_solved(s) else float("inf") for s in steps]
    median = statistics.median(late)
    return sum(map(is_solved, steps)), len(steps), None if median == float("inf") else median

# %% gradient-norms
def gradient_norms(model, inputs):
    x = inputs.clone().detach()
    x.requires_grad = True
    last = model(x)[1]
    h = last[0] if isinstance(last, tuple) else last
    h.sum().backward()
    return np.linalg.norm(x.grad.numpy(), axis=-1).mean(axis=0)
