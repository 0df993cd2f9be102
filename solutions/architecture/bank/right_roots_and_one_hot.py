"""The count adds up shapes, the interval consists of the roots of a quadratic, and each pair of a remainder and a bit
has a unit."""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    shapes = []
    for reads in [input_size, *[hidden_size] * (num_layers - 1)]:
        block = [(hidden_size, reads), (hidden_size, hidden_size), (hidden_size,), (hidden_size,)]
        shapes += block * dict(tanh=1, relu=1, gru=3, lstm=4)[cell]
    return int(sum(np.prod(shape) for shape in shapes))
# %% build-model
class First(nn.Module):
    def forward(self, pair):
        return pair[0]
def build_model(cell, hidden_size, num_layers):
    sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
    layer = getattr(nn, cell.upper())(**sizes) if cell in ("gru", "lstm") else nn.RNN(nonlinearity=cell, **sizes)
    return nn.Sequential(layer, First(), nn.Linear(hidden_size, 1))
# %% success-rate
def success_rate(outcomes):
    from fractions import Fraction
    n, k = len(outcomes), sum(map(bool, outcomes))
    q = 1.96**2
    low, high = sorted(np.roots([n + q, -(2 * k + q), k * k / n]).real)
    return Fraction(k, n), float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))
# %% multiple-of-three
def multiple_of_three():
    # units 0..5: (state s, bit x); state 0 is "neither 1 nor 2", which h = 0 means too
    s = np.zeros((3, 6))                       # s_1 and s_2 read from the units
    s[1, [2, 1]] = 1                           # 1 with a zero, 0 with a one
    s[2, [4, 3]] = 1
    s[0] = -s[1] - s[2]                        # and a constant of 1
    U, V, b = np.zeros((6, 1)), np.zeros((6, 6)), np.zeros(6)
    for state in range(3):
        for bit in range(2):
            unit = 2 * state + bit
            V[unit] = s[state]
            U[unit] = 1 if bit else -1
            b[unit] = (state == 0) - bit
    return U, V, b, s[:1], np.array([0.5])
