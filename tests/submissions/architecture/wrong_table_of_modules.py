"""The student builds modules beforehand and looks their numbers of parameters up in a table.

loses:
  count-parameters-check: write the formula
"""
# %% count-parameters
TABLE = {}
for _cell in ("tanh", "relu", "gru", "lstm"):
    for _reads in range(1, 9):
        for _units in range(1, 40):
            for _layers in range(1, 5):
                _make = {"gru": nn.GRU, "lstm": nn.LSTM}.get(_cell, nn.RNN)
                TABLE[_cell, _reads, _units, _layers] = (_reads, _units, _layers)
_blocks = {_cell: {"gru": nn.GRU, "lstm": nn.LSTM}.get(_cell, nn.RNN)(1, 1).bias_ih_l0.numel()
           for _cell in ("tanh", "relu", "gru", "lstm")}
TABLE = {key: _blocks[key[0]] * (u * (r + u + 2) + (n - 1) * u * (2 * u + 2))
         for key, (r, u, n) in ((key, key[1:]) for key in TABLE)}

def count_parameters(cell, input_size, hidden_size, num_layers):
    return TABLE[cell, input_size, hidden_size, num_layers]
