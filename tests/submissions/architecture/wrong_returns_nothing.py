"""Three functions print their result and return nothing.

loses:
  count-parameters-check: is a `return` missing?
  build-model-check: is a `return` missing?
  learns-check: is a `return` missing?
  success-rate-check: 3 values (rate, low, high)
"""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    print(hidden_size * (input_size + hidden_size + 2) * num_layers)
# %% build-model
def build_model(cell, hidden_size, num_layers):
    print(nn.RNN(1, hidden_size, num_layers, batch_first=True))
# %% success-rate
def success_rate(outcomes):
    print(sum(outcomes) / len(outcomes))
