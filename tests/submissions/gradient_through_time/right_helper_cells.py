"""The student adds helper cells and a class for a step backwards, and takes differences to both sides with a large
step."""
# %% added before output-gradient
def sigma(a):
    return (1 + np.tanh(a / 2)) / 2
# %% output-gradient
def output_gradient(logits, labels, mask):
    return np.select([mask], [sigma(logits) - labels]) / np.count_nonzero(mask)
# %% added before gradients
class Back:
    def __init__(self, V, W):
        self.V, self.W, self.sums, self.carry = V, W, [0, 0, 0, 0, 0], 0

    def step(self, x, old, new, d):
        a = (1 - new * new) * (d @ self.W + self.carry)
        for i, part in enumerate((a.T @ x, a.T @ old, a.sum(0), d.T @ new, d.sum(0))):
            self.sums[i] = self.sums[i] + part
        self.carry = a @ self.V
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    states, logits = forward(bits, U, V, b, W, c, h0)
    d, back = output_gradient(logits, labels, mask), Back(V, W)
    for t in range(bits.shape[1])[::-1]:
        back.step(bits[:, [t]], states[:, t], states[:, t + 1], d[:, [t]])
    return dict(zip(["U", "V", "b", "W", "c"], back.sums)) | {"h0": back.carry.sum(0)}
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    verdicts = []
    for weight, claim in zip(weights, gradient):
        found = np.zeros_like(weight)
        for i in np.ndindex(*weight.shape):
            old = weight[i]
            ends = []
            for weight[i] in (old - 3e-5, old + 3e-5):
                ends.append(loss(weights))
            weight[i] = old
            found[i] = (ends[1] - ends[0]) / 6e-5
        verdicts.append((abs(found - claim) <= abs(found).max() / 1000 + 1e-12).all())
    return np.all(verdicts)
