"""Le réseau empile ses couches une par une, le temps d'abord."""
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    "récurrence sur les couches"
    blocs = 1 if cell in ("tanh", "relu") else 3 if cell == "gru" else 4
    if num_layers == 1:
        return blocs * hidden_size * (input_size + hidden_size + 2)
    return count_parameters(cell, input_size, hidden_size, 1) + count_parameters(cell, hidden_size, hidden_size, num_layers - 1)
# %% build-model
class Réseau(nn.Module):
    def __init__(soi, cell, taille, profondeur):
        super().__init__()
        sorte = {"gru": nn.GRU, "lstm": nn.LSTM}.get(cell, nn.RNN)
        options = {"nonlinearity": cell} if sorte is nn.RNN else {}
        soi.couches = nn.ModuleList(sorte(1 if i == 0 else taille, taille, **options) for i in range(profondeur))
        soi.sortie = nn.Linear(taille, 1)
    def forward(soi, entrées):
        états = entrées.transpose(0, 1)        # le temps d'abord
        for couche in soi.couches:
            états, _ = couche(états)
        return soi.sortie(états).transpose(0, 1)
def build_model(cell, hidden_size, num_layers):
    return Réseau(cell, hidden_size, num_layers)
# %% success-rate
def success_rate(outcomes):
    x = np.asarray(outcomes, dtype=float)
    n, p, k2 = x.size, x.mean(), 1.96 * 1.96
    centre = (n * p + k2 / 2) / (n + k2)
    rayon = np.sqrt(n * p * (1 - p) + k2 / 4) * 1.96 / (n + k2)
    return np.array([p, centre - rayon, centre + rayon])
# %% multiple-of-three
def multiple_of_three():
    return [np.array(a) for a in ([[2], [2]], [[1, -3], [1, -3]], [0, -4], [[-1, 3]], [1])]
