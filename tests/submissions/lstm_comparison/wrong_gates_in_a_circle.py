"""The gates are in the order o, i, f, g, the gradients cancel in the mean, and the median is a mean.

loses:
  lstm-step-check: The gates are in another order; PyTorch's blocks are input gate, forget gate, candidate, o
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
  gradient-norms-check: so they cancel
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    o, i, f, g = np.split(a, 4, axis=1)
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c

# %% summarise
def summarise(steps):
    solved = [s for s in steps if s is not None]
    return len(solved), len(steps), np.mean(solved) if 2 * len(solved) > len(steps) else None

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return inputs.grad.mean(dim=0).norm(dim=1).numpy()
