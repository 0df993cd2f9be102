"""The code has type hints and match. It counts from a list of all shapes, and the readout is a
convolution of width 1."""
# %% added before count-parameters
from math import prod, sqrt
from statistics import NormalDist, fmean
from typing import NamedTuple


def blocks_of(cell: str) -> int:
    """Number of blocks (gates and candidates) of a cell."""
    match cell:
        case "tanh" | "relu":
            return 1
        case "gru":
            return 3
        case "lstm":
            return 4
        case _:
            raise ValueError(f"unknown cell {cell!r}")
# %% count-parameters
def count_parameters(cell: str, input_size: int, hidden_size: int, num_layers: int) -> int:
    """The number of parameters, added up over the shapes of all weights and biases."""
    rows = blocks_of(cell) * hidden_size
    shapes: list[tuple[int, ...]] = []
    for layer in range(num_layers):
        reads = input_size if layer == 0 else hidden_size
        shapes += [(rows, reads), (rows, hidden_size), (rows,), (rows,)]
    return sum(map(prod, shapes))
# %% build-model
class ConvolutionalReadout(nn.Module):
    """Recurrent layers, and one filter of width 1 that slides along the steps."""

    def __init__(self, recurrent: nn.RNNBase) -> None:
        super().__init__()
        self.recurrent: nn.RNNBase = recurrent
        self.filter: nn.Conv1d = nn.Conv1d(recurrent.hidden_size, 1, kernel_size=1)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.recurrent(inputs)[0]      # [batch, steps, hidden]
        channels_first = states.permute(0, 2, 1)              # [batch, hidden, steps]
        return self.filter(channels_first).permute(0, 2, 1)   # [batch, steps, 1]


def build_model(cell: str, hidden_size: int, num_layers: int) -> nn.Module:
    """Choose the layers by the cell's name."""
    match cell:
        case "lstm":
            recurrent = nn.LSTM(1, hidden_size, num_layers, batch_first=True)
        case "gru":
            recurrent = nn.GRU(1, hidden_size, num_layers, batch_first=True)
        case _:
            recurrent = nn.RNN(1, hidden_size, num_layers, nonlinearity=cell, batch_first=True)
    return ConvolutionalReadout(recurrent)
# %% success-rate
class Rate(NamedTuple):
    rate: float
    low: float
    high: float


def success_rate(outcomes) -> Rate:
    """Wilson's interval of 95 %; the quantile is that of the standard normal distribution."""
    kappa: float = NormalDist().inv_cdf(0.975)
    n: int = len(outcomes)
    p: float = fmean(outcomes)
    weight: float = n / (n + kappa**2)                        # Wilson's centre lies between p and one half
    centre: float = weight * p + (1 - weight) * 0.5
    half: float = weight * kappa * sqrt(p * (1 - p) / n + (kappa / (2 * n)) ** 2)
    return Rate(p, centre - half, centre + half)
# %% multiple-of-three
def multiple_of_three() -> tuple[np.ndarray, ...]:
    """Three units with the thresholds 0, 1 and 2, and an output that is -1/2 for both other remainders."""
    thresholds: np.ndarray = np.arange(3)
    U: np.ndarray = np.ones((3, 1))
    V: np.ndarray = np.broadcast_to([1.0, 0.0, -3.0], (3, 3))
    W: np.ndarray = np.array([[-1.0, 1.0, 1.0]])
    return U, V, -thresholds, W, np.array([0.5])
