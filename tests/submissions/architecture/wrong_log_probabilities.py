"""The network returns the logarithms of probabilities, and the weights for three are fitted to short strings.

loses:
  build-model-check: All logits are the same number, and it does not come from a weight that learns.
  learns-check: All logits are the same number, and it does not come from a weight that learns.
  multiple-of-three-check: 'Make the table of the hint: for each p and each bit, what is the value of each'
"""
# %% build-model: return self.readout(states) -> return nn.functional.logsigmoid(self.readout(states))
# %% multiple-of-three
def multiple_of_three():
    H = 8
    U, V, b = np.ones((H, 1)), np.zeros((H, H)), -np.arange(H, dtype=float)
    V[:, 0] = 1.0
    W = np.zeros((1, H))
    W[0] = [-1, 0, 1.5, 0, 0, 0, 0, 0]
    W[0, :8] = [-2, 3, 0, -0, 0, 0, 0, 0]
    k = np.arange(30)
    units = np.maximum(k[:, None] - np.arange(H), 0)
    goal = np.where(np.arange(9) % 3 == 0, 1.0, -1.0)
    W = np.linalg.lstsq(np.c_[units[:9], np.ones(9)], goal, rcond=None)[0]
    return U, V, b, W[None, :-1], W[-1:]
