"""The size of the RNN is the root of a quadratic equation, the bias uses expm1, and the weights are built by name."""

# %% added before memory-cell
NAMES = ["value", "write", "clear", "read"]


def row(bias, **weights):
    return [*(weights.get(name, 0) for name in NAMES), bias]

# %% memory-cell
def memory_cell():
    table = np.array([
        row(-30, write=70),
        row(25, write=-60, clear=-55),
        row(-8, value=20, write=3),
        row(-20, read=40, write=-1),
    ], dtype=float)
    return dict(weight_ih=table[:, :-1], bias_hh=table[:, -1], bias_ih=np.zeros(4), weight_hh=np.zeros((4, 1)))

# %% forget-bias
def forget_bias(steps, kept):
    from math import expm1, log

    return -log(expm1(-log(kept) / steps))

# %% fair-plan
import math


def fair_plan(lstm_units, seeds, budget, rates):
    square = 4 * lstm_units ** 2 + 13 * lstm_units + 4        # (n + 2) ** 2 must be at least this
    large = math.isqrt(square - 1) + 1 - 2
    plan = []
    for net, units in [("LSTM", lstm_units), ("RNN", lstm_units), ("RNN", large)]:
        plan += [{"net": net, "units": units, "seed": s, "lr": r, "max_updates": budget} for s in seeds for r in rates]
    return plan

# %% summarise
def summarise(steps):
    late = sorted(steps, key=lambda step: (step is None, step))
    middle = late[(len(late) - 1) // 2], late[len(late) // 2]
    return len(late) - late.count(None), len(late), None if None in middle else sum(middle) / 2
