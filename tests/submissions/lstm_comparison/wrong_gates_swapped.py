"""The forget gate and the input gate are swapped, and the median is that of the solved runs.

loses:
  lstm-step-check: The gates are in another order; PyTorch's blocks are input gate, forget gate, candidate, o
  summarise-check: the median of the solved runs alone
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    f, i, g, o = np.split(1 / (1 + np.exp(-a)), 4, axis=1)
    g = np.tanh(np.split(a, 4, axis=1)[2])
    c = f * c + i * g
    return o * np.tanh(c), c

# %% summarise
def summarise(steps):
    solved = [s for s in steps if s is not None]
    return len(solved), len(steps), float(np.median(solved)) if solved else None
