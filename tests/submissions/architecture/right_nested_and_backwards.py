"""Each layer of the network contains the next one, parameters are counted by accumulated sizes and pairs, and the
remainder runs backwards."""
# %% count-parameters
from itertools import chain, pairwise, repeat

def count_parameters(cell, input_size, hidden_size, num_layers):
    matrix = lambda rows, columns: rows * columns
    widths = chain([input_size], repeat(hidden_size, num_layers))
    one_gate = [matrix(above, below + 1) + matrix(above, above + 1) for below, above in pairwise(widths)]   # + 1: bias
    gates = ["relu or tanh", "", "gru", "lstm"]
    return sum(one_gate) * next(n for n, name in enumerate(gates, 1) if cell in name)
# %% build-model
class Storey(nn.Module):
    """One recurrent layer and what stands on it: another storey or, as the roof, the readout."""

    kinds = dict(gru=nn.GRU, lstm=nn.LSTM)

    def __init__(self, cell, reads, hidden_size, storeys):
        super().__init__()
        options = {} if cell in self.kinds else {"nonlinearity": cell}
        self.layer = self.kinds.get(cell, nn.RNN)(input_size=reads, hidden_size=hidden_size, batch_first=True, **options)
        if storeys > 1:
            self.above = Storey(cell, hidden_size, hidden_size, storeys - 1)
        else:
            self.above = nn.Linear(hidden_size, 1)

    def forward(self, inputs):
        states, _last = self.layer(inputs)
        return self.above(states)


def build_model(cell, hidden_size, num_layers):
    return Storey(cell, 1, hidden_size, num_layers)
# %% success-rate
def success_rate(outcomes):
    outcomes = np.array(outcomes, dtype=np.float32)
    n, rate, var = outcomes.size, outcomes.mean(), outcomes.var()        # the variance of zeros and ones is p (1 - p)
    k2 = 1.96 ** 2
    root = np.sqrt(k2 * var / n + (k2 / (2 * n)) ** 2)
    ends = (rate + k2 / (2 * n) + np.array([-root, root])) / (1 + k2 / n)
    return rate, *ends
# %% multiple-of-three
def multiple_of_three():
    # A one adds two, which is one less modulo three: s = p + 2x is 0 to 4, and from 3 on three are taken away:
    # p' = relu(s) - 3 relu(s - 2) + 3 relu(s - 3)
    p = [1, -3, 3]
    V = np.array([p, p, p])
    return np.array([[2], [2], [2]]), V, np.array([0, -2, -3]), -V[:1], np.array([0.5])
