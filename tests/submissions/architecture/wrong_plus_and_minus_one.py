"""The bits become -1 and +1 on their way into the layer.

loses:
  build-model-check: "turned into -1 and +1"
  learns-check: "turned into -1 and +1"
"""
# %% build-model: self.rnn(inputs) -> self.rnn(2 * inputs - 1)
