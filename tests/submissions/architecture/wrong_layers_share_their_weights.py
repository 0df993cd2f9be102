"""From the second layer on, all layers share their weights.

loses:
  build-model-check: does each layer have its own weights
"""
# %% build-model: self.readout = nn.Linear(hidden_size, 1) ->
for layer in range(2, num_layers):
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(self.rnn, f"{name}_l{layer}", getattr(self.rnn, f"{name}_l1"))
self.readout = nn.Linear(hidden_size, 1)
