"""The sigmoid lacks its minus, so each gate is open where it should be shut.

loses:
  lstm-step-check: The new c is f * c + i * g
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    sigmoid = lambda a: 1/(1+np.exp(a))
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    i, f, g, o = np.split(a, 4, axis=1)
    c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h_new = sigmoid(o) * np.tanh(c_new)
    return h_new, c_new
