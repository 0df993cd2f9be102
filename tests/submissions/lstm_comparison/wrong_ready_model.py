"""The model is parity_lib's under the requested name, the candidate goes through a sigmoid, and the norms are those
of the first string.

loses:
  lstm-step-check: the candidate g goes through a sigmoid
  lstm-parity-check: calls `parity_lib.ParityRNN`, which is the ready answer
  gradient-norms-check: "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean"
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(1 / (1 + np.exp(-a)), 4, axis=1)
    c = f * c + i * g
    return o * np.tanh(c), c

# %% lstm-parity
from parity_lib import ParityRNN


def LSTMParity(hidden_size):
    return ParityRNN(hidden_size, cell="lstm")

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return inputs.grad.norm(dim=2)[0].numpy()
