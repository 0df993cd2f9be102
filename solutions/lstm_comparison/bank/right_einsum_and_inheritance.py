"""Weights become [gate, unit, ...] for einsum, the network inherits from the RNN's and changes only its layer, and
the gradient is a Jacobian."""

# %% added before lstm-step
from statistics import median
from typing import NamedTuple


class Gates(NamedTuple):
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray


def log_sigmoid(a):
    return -np.logaddexp(0, -a)


# %% lstm-step
def lstm_step(x, h, c, weights):
    U, V, b_ih, b_hh = (weights[name].reshape(4, h.shape[1], -1) for name in
                        ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    a = Gates(*(np.einsum("khx,bx->kbh", U, x) + np.einsum("khj,bj->kbh", V, h)
                + np.moveaxis(b_ih + b_hh, 1, 2)))                 # four times [batch, H]
    c_new = np.exp(log_sigmoid(a.f)) * c + np.exp(log_sigmoid(a.i)) * np.tanh(a.g)
    h_new = np.exp(log_sigmoid(a.o)) * np.tanh(c_new)
    return h_new, c_new

# %% lstm-parity
class LSTMParity(RNNParity):
    def __init__(self, hidden_size):
        super().__init__(hidden_size)
        self.rnn = nn.LSTM(1, hidden_size, batch_first=True)

# %% summarise
def summarise(steps):
    unsolved = steps.count(None)
    late = [float(step) for step in steps if step is not None] + unsolved * [float("inf")]
    middle = median(late)
    return len(steps) - unsolved, len(steps), middle if middle < float("inf") else None

# %% gradient-norms
def gradient_norms(model, inputs):
    def loss(x):
        states, _ = model(x)
        return torch.einsum("bh->", states[:, -1, :])
    jacobian = torch.autograd.functional.jacobian(loss, inputs)    # of one number: [batch, steps, 1]
    norms = torch.linalg.vector_norm(jacobian, dim=-1)
    return torch.einsum("bt->t", norms) / len(inputs)
