"""The answers use arrays where lists would do and the other way round: the string is an array of floats, and the
names come in another order."""
# %% output-gradient
def output_gradient(logits, labels, mask):
    result = np.zeros_like(logits)
    result[mask] = (1 / (1 + np.exp(-logits[mask])) - labels[mask]) / mask.sum()
    return result
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    states, logits = forward(bits, U, V, b, W, c, h0)
    d_logits = output_gradient(logits, labels, mask)
    d_states = np.zeros(states.shape)
    d_states[:, 1:] = d_logits[:, :, None] * W
    d_sums = np.zeros(states[:, 1:].shape)
    for t in range(bits.shape[1], 0, -1):
        d_sums[:, t - 1] = d_states[:, t] * (1 - states[:, t] ** 2)
        d_states[:, t - 1] += d_sums[:, t - 1] @ V
    flat = d_sums.reshape(-1, len(b))
    return {"h0": d_states[:, 0].sum(axis=0), "b": flat.sum(axis=0), "U": flat.T @ bits.reshape(-1, 1),
            "V": flat.T @ states[:, :-1].reshape(-1, len(b)), "c": np.array([d_logits.sum()]),
            "W": d_logits.reshape(1, -1) @ states[:, 1:].reshape(-1, len(b))}
# %% find-error
def find_error(U, V, b, W, c, longest):
    h, odd, strings = np.zeros((1, 2)), np.zeros(1, dtype=int), np.zeros((1, 0))
    for _ in range(longest):
        bit = np.repeat([0, 1], len(h))
        h = np.tanh(bit[:, None] * U.T + np.tile(h, (2, 1)) @ V.T + b)
        odd, strings = np.tile(odd, 2) ^ bit, np.hstack([np.tile(strings, (2, 1)), bit[:, None]])
        output = (h @ W.T + c)[:, 0]
        danger = np.where(odd == 1, output, -output)
        if danger.min() < 0:
            return strings[danger.argmin()]
        order = np.argsort(danger)
        best = np.concatenate([order[odd[order] == parity][:100] for parity in (0, 1)])
        h, odd, strings = h[best], odd[best], strings[best]
