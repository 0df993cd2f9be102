"""The function returns the book's own class.

loses:
  build-model-check: calls `parity_lib.ParityRNN`, which is the ready answer
  learns-check: calls `parity_lib.ParityRNN`, which is the ready answer
"""
# %% build-model
def build_model(cell, hidden_size, num_layers):
    from parity_lib.models import ParityRNN as Net
    return Net(hidden_size, cell, num_layers)
