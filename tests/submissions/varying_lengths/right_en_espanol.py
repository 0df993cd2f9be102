"""Los nombres son españoles; la capa corre sobre el relleno limpio y los estados se borran después."""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    posibles = list(range(1, max_bits + 1))
    return rng.choice(posibles, size=batch_size)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    largos, columna = np.asarray(lengths).reshape(-1, 1), np.r_[:max_bits]
    inicio = 0 * largos if padding == "after" else max_bits - largos
    return (columna >= inicio) & (columna < inicio + largos)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    real = torch.from_numpy(np.asarray(length_mask(lengths, inputs.shape[1])))[..., None]
    limpio = torch.where(real, inputs, torch.zeros_like(inputs))     # sin basura en el relleno
    return torch.where(real, rnn(limpio)[0], torch.zeros(()).to(inputs))
# %% masked-loss
def masked_loss(logits, targets, mask):
    donde = mask.nonzero(as_tuple=True)
    z, y = logits[donde][:, 0], targets[donde][:, 0]
    return nn.BCEWithLogitsLoss(reduction="sum")(z, y).div(z.numel())
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    aciertos = total = 0
    for l, t, m in zip(logits.flatten().tolist(), targets.flatten().tolist(), mask.flatten().tolist()):
        if m:
            total += 1
            aciertos += (l > 0) == (t == 1)
    return aciertos / total
# %% always-even
def always_even(targets, mask):
    impar = (targets > 0).squeeze(2)
    return float((~impar).double().mean()), float((~impar[mask]).double().mean())
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return real_accuracy + share_of_padding * (1 - real_accuracy)
