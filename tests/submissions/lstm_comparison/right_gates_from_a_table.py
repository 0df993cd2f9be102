"""The weights are fitted to a table of what each gate should do, the bias is found by bisection, and the plan is made
with itertools."""

# %% memory-cell
def memory_cell():
    import itertools

    rows = np.array(list(itertools.product([0.0, 1.0], repeat=4)))
    value, write, clear, read = rows.T
    sums = np.stack([write - 0.5, 0.5 - np.maximum(write, clear) - 0.25 * (write == clear) * write,
                     value - 0.5, read - 0.5])
    inputs = np.concatenate([rows, np.ones((16, 1))], axis=1)
    fitted = 500 * np.linalg.lstsq(inputs, sums.T, rcond=None)[0].T.round(3)
    fitted[1] = [0, -300, -300, 0, 200]
    return {"weight_ih": fitted[:, :4], "weight_hh": np.zeros((4, 1)), "bias_ih": fitted[:, 4] / 2,
            "bias_hh": fitted[:, 4] / 2}

# %% forget-bias
def forget_bias(steps, kept):
    low, high = -40.0, 40.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-middle))) ** steps < kept:
            low = middle
        else:
            high = middle
    return low

# %% fair-plan
import itertools


def fair_plan(lstm_units, seeds, budget, rates):
    keys = ("net", "units", "seed", "lr", "max_steps")
    wanted = 4 * lstm_units ** 2 + 13 * lstm_units
    large = next(n for n in itertools.count(lstm_units) if n * n + 4 * n >= wanted)
    nets = {("RNN", large), ("RNN", lstm_units), ("LSTM", lstm_units)}
    return [dict(zip(keys, (*net, seed, rate, budget))) for seed, rate, net in itertools.product(seeds, rates, nets)]
