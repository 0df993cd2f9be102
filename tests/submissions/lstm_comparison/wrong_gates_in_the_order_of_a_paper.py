"""The gates are in the order i, f, o, g of many papers, unsolved runs count as 0, and the norms are added up over
the batch.

loses:
  lstm-step-check: The gates are in another order; PyTorch's blocks are input gate, forget gate, candidate, o
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
  gradient-norms-check: you added up the norms over the batch
"""

# %% lstm-step
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    H = h.shape[1]
    i, f, o = (1 / (1 + np.exp(-a[:, k * H:(k + 1) * H])) for k in range(3))
    c = f * c + i * np.tanh(a[:, 3 * H:])
    return o * np.tanh(c), c

# %% summarise
def summarise(steps):
    steps = [s or 0 for s in steps]
    return sum(s > 0 for s in steps), len(steps), np.median(steps) or None

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    model(inputs)[0][:, -1].sum().backward()
    return inputs.grad.abs().sum(dim=(0, 2)).numpy()
