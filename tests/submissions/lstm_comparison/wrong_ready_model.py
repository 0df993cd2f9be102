"""The model is parity_lib's under the requested name, the candidate goes through a sigmoid, and the norms are those
of the first string.

loses:
  lstm-step-check: the candidate g goes through a sigmoid
  lstm-parity-check: calls `parity_lib.ParityRNN`, which is the ready answer
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""
# %% lstm-step: np.tanh(g) -> sigmoid(g)
# %% lstm-parity
from parity_lib import ParityRNN


def LSTMParity(hidden_size):
    return ParityRNN(hidden_size, cell="lstm")
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.norm(dim=2)[0]
