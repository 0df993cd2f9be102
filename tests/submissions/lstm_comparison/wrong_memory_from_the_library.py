"""The weights are those of a unit of the library, the bias is rounded, and one of PyTorch's two biases is not counted.

loses:
  memory-cell-check: which is the ready answer
  forget-bias-check: Is it rounded, an approximation
  fair-plan-check: Did you count the readouts and both
"""
# %% memory-cell
from parity_lib import by_hand


def memory_cell():
    rnn = by_hand("lstm").rnn
    return {name: getattr(rnn, f"{name}_l0").detach().numpy() for name in
            ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
# %% forget-bias: return np.log(gate / (1 - gate)) -> return round(np.log(gate / (1 - gate)), 2)
# %% fair-plan: 4 * lstm_units * (lstm_units + 3) -> 4 * lstm_units * (lstm_units + 2)
# %% fair-plan: n * (n + 3) + n -> n * (n + 2) + n
