"""A class with French names does the training, a triangular matrix cuts the strings, and autograd.grad returns the
gradients."""

# %% final-parity
def final_parity(bits, lengths):
    # la ligne n - 1 du triangle a n uns
    triangle = np.tri(bits.shape[1], dtype=int)
    return np.einsum("ij,ij->i", bits, triangle[lengths - 1]) % 2

# %% last-valid
def last_valid(outputs, lengths):
    dernier = (lengths - 1).view(-1, 1, 1)
    return torch.take_along_dim(outputs, dernier, dim=1).flatten(start_dim=1)

# %% end-loss
def end_loss(logits, lengths, labels):
    o = last_valid(logits, lengths).squeeze(dim=-1)
    return torch.mean(nn.functional.softplus(o) - o * labels)

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    parametres = [p for module in (lstm, readout) for p in module.parameters()]
    etats = lstm(inputs)[0]
    perte = end_loss(readout(etats), lengths, labels)
    for p, gradient in zip(parametres, torch.autograd.grad(perte, parametres)):
        p.grad = gradient
    torch.nn.utils.clip_grad_norm_(parametres, max_norm=1.0)
    optimizer.step()
    return perte.detach().item()

# %% added before train-at-the-end
class Entraineur:
    """Tout ce qui dure d'un pas au suivant."""

    def __init__(self, graine, taux=0.03, taille=64):
        torch.manual_seed(graine)
        self.rng = np.random.default_rng(graine)
        self.lstm = nn.LSTM(input_size=1, hidden_size=8, batch_first=True)
        self.lecture = nn.Linear(in_features=8, out_features=1)
        self.optimiseur = torch.optim.Adam(
            [{"params": self.lstm.parameters()}, {"params": self.lecture.parameters()}], lr=taux)
        self.taille, self.pertes = taille, []

    def lot(self, plus_court, plus_long):
        bits, longueurs = draw(self.taille, plus_court, plus_long, self.rng)
        etiquettes = final_parity(bits, longueurs)
        return (torch.FloatTensor(bits).reshape(self.taille, plus_long, 1), torch.LongTensor(longueurs),
                torch.FloatTensor(etiquettes))

    def un_pas(self, plus_court, plus_long):
        self.pertes.append(
            train_step(self.lstm, self.lecture, self.optimiseur, *self.lot(plus_court, plus_long)))

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    entraineur = Entraineur(seed)
    for _ in range(steps):
        entraineur.un_pas(min_length, max_length)
    return entraineur.lstm, entraineur.lecture

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    assez_bon = accuracy >= 0.95
    return longest + (assez_bon and longest < stop)
