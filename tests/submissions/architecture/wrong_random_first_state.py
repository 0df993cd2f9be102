"""The first state is random at every call.

loses:
  build-model-check: a random first state
  learns-check: a random first state
"""
# %% build-model: self.rnn(inputs) ->
h0 = torch.randn(self.rnn.num_layers, len(inputs), self.rnn.hidden_size)
states, _ = self.rnn(inputs, (h0, torch.randn_like(h0)) if isinstance(self.rnn, nn.LSTM) else h0)
