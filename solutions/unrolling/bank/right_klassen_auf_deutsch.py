"""A class with German names keeps the state, the parity comes from a table of transitions, and the weights are computed
from the chapter's.
"""
# %% added before parity
UEBERGANG = np.array([[0, 1],      # gerade bleibt bei 0 gerade, wird bei 1 ungerade
                      [1, 0]])
# %% parity
def parity(bits):
    zustand = np.zeros(len(bits), dtype=int)
    for spalte in bits.T:
        zustand = UEBERGANG[zustand, spalte]
    return zustand
# %% added before rnn-step
class Zelle:
    """Eine tanh-Zelle, die sich ihren Zustand merkt."""

    def __init__(self, U, V, b, anfang):
        self.gewichte = U, V, b
        self.h = np.array(anfang, dtype=float)

    def summe(self, x):
        U, V, b = self.gewichte
        # Spaltenvektoren wie in der Gleichung: [H, batch]
        return U @ x.T + V @ self.h.T + b.reshape(-1, 1)

    def schritt(self, x):
        self.h = np.tanh(self.summe(x)).T
        return self.h
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return Zelle(U, V, b, anfang=h).schritt(x)
# %% unroll
def unroll(xs, h0, U, V, b):
    zelle = Zelle(U, V, b, anfang=h0)
    zustaende = [zelle.schritt(xs[:, t]) for t in range(xs.shape[1])]
    return np.dstack(zustaende).transpose(0, 2, 1)     # [batch, H, steps] -> [batch, steps, H]
# %% two-unit-weights
def two_unit_weights():
    K = 5.0
    # Kapitel, Bits 0 und 1: 2K(p + x - 1/2) und 2K(p + x - 3/2) mit p = (h1 - h2) / 2
    U, V, b = np.array([[2 * K], [2 * K]]), np.array([[K, -K], [K, -K]]), np.array([-K, -3 * K])
    W, c = np.array([[K, -K]]), np.array([-K])
    # x = (x' + 1) / 2
    U_neu = U / 2
    b_neu = b + U[:, 0] / 2
    return U_neu, V, b_neu, W, c
