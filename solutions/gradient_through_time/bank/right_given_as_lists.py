"""The answers use arrays where lists would do and the other way round, and the names come in another order."""
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
