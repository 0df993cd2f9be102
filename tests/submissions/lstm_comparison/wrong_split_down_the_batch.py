"""np.split runs down the batch, because its axis is not given.

loses:
  lstm-step-check: gives four blocks
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + weights["bias_ih"] + h @ weights["weight_hh"].T + weights["bias_hh"]
    i, f, g, o = np.split(a, 4)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    c = f * c + i * np.tanh(g)
    h = o * np.tanh(c)
    return h, c
