"""The code builds PyTorch's module and counts its parameters, and calls the book's own interval under another name.

loses:
  count-parameters-check: calls `torch.nn.LSTM`, which is the ready answer
  success-rate-check: calls `parity_lib.statistics.wilson_interval`, which is the ready answer
"""
# %% added before count-parameters
from parity_lib.statistics import wilson_interval as interval
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    if cell in ("tanh", "relu"):
        return hidden_size * (input_size + hidden_size + 2) + (num_layers - 1) * 2 * hidden_size * (hidden_size + 1)
    layer = {"gru": nn.GRU, "lstm": nn.LSTM}[cell](input_size, hidden_size, num_layers)
    return sum(p.numel() for p in layer.parameters())
# %% success-rate
def success_rate(outcomes):
    k, n = int(sum(outcomes)), len(outcomes)
    return (k / n, *interval(k, n))
