"""forward takes the inputs alone, but `train` passes lengths as well. The sigmoid lacks its minus, so each gate is open
where it should be shut. The last state of nn.LSTM is a pair, so the gradients work for nn.RNN alone.

loses:
  lstm-step-check: The new c is f * c + i * g
  lstm-parity-check: forward takes inputs and lengths
  gradient-norms-check: "returns (output, (h, c))"
"""
# %% lstm-step: np.exp(-a) -> np.exp(a)
# %% lstm-parity: forward(self, inputs, lengths=None) -> forward(self, inputs)
# %% gradient-norms: output, _ = -> _, last =
# %% gradient-norms: output[:, -1].sum() -> last.sum()
