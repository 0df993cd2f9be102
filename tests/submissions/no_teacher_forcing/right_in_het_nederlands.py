"""Elke rij apart, en de gradiënt wordt met de hand begrensd."""
# %% final-parity
def final_parity(bits, lengths):
    return np.fromiter((int(rij[:n].sum()) & 1 for rij, n in zip(bits, lengths)), dtype=int, count=len(bits))
# %% last-valid
def last_valid(outputs, lengths):
    return torch.stack([rij[n - 1] for rij, n in zip(outputs, lengths.tolist())])
# %% end-loss
def end_loss(logits, lengths, labels):
    verliezen = [nn.functional.softplus(-z) if y > 0.5 else nn.functional.softplus(z)
                 for z, y in zip(last_valid(logits, lengths)[:, 0], labels)]
    return sum(verliezen) / len(verliezen)
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    alles = [p for module in (readout, lstm) for p in module.parameters()]
    for p in alles:
        p.grad = None
    verlies = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    verlies.backward()
    norm = torch.linalg.vector_norm(torch.cat([p.grad.flatten() for p in alles]))
    if norm > 1:
        for p in alles:
            p.grad.div_(norm)
    optimizer.step()
    return verlies.detach().item()
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    net = nn.ModuleDict({"lstm": nn.LSTM(1, 8, batch_first=True), "lezer": nn.Linear(8, 1)})
    adam, toeval = torch.optim.Adam(net.parameters(), 0.03), np.random.default_rng(seed)
    stap = 0
    while stap < steps:
        bits, lengths = draw(64, min_length, max_length, toeval)
        schoon = bits * (np.arange(max_length) < lengths[:, None])     # nullen achter het einde
        train_step(net["lstm"], net["lezer"], adam, torch.Tensor(schoon).unsqueeze(2), torch.LongTensor(lengths),
                   torch.Tensor(final_parity(schoon, lengths)))
        stap += 1
    return net["lstm"], net["lezer"]
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    if accuracy < 0.95:
        return longest
    return min(stop, longest + 1)
