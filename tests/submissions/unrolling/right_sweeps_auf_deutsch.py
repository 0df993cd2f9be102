"""Die Zustände entstehen in so vielen Durchgängen, wie die Zeichenkette Schritte hat."""
# %% parity
def parity(Ziffern):
    Summe = np.zeros(len(Ziffern), dtype=int)
    for Spalte in Ziffern.T:
        Summe = np.where(Spalte == 1, 1 - Summe, Summe)   # eine Eins dreht die Antwort um
    return Summe
# %% rnn-step
def rnn_step(x, h, U, V, b):
    neu = np.empty_like(h)
    for i in range(len(neu)):              # eine Zeile nach der anderen
        neu[i] = np.tanh(U[:, 0] * x[i, 0] + V.dot(h[i]) + b)
    return neu
# %% unroll
def unroll(xs, h0, U, V, b):
    Eingang = np.einsum("nti,hi->nth", xs, U) + b
    Zustände = np.zeros_like(Eingang)
    for _ in range(xs.shape[1]):
        Zustände = np.tanh(Eingang + np.einsum("ntj,hj->nth", np.concatenate([h0[:, None], Zustände[:, :-1]], 1), V))
    return Zustände
# %% two-unit-weights
def two_unit_weights():
    K = 20.0
    return (np.array([[K], [K]]), np.array([[K, -K], [K, -K]]), np.array([0.0, -2 * K]),
            np.array([[0.5, -0.5]]), np.array([-0.5]))
