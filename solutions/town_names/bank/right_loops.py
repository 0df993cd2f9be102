"""Loops over names and time steps, one-hot vectors by hand, and a draw from the cumulated probabilities."""

# %% added before encode-names
place = {symbol: number for number, symbol in enumerate(SYMBOLS)}

# %% encode-names
def encode_names(names):
    steps = max(len(name) for _, name in names) + 1
    inputs = torch.zeros(len(names), steps, dtype=torch.long)
    labels = torch.zeros(len(names), steps, dtype=torch.long)
    for row, (country, name) in enumerate(names):
        inputs[row, 0] = place[country]
        for step, letter in enumerate(name):
            inputs[row, step + 1] = place[letter]
            labels[row, step] = place[letter]
    return inputs, labels, torch.tensor([len(name) + 1 for _, name in names])

# %% masked-loss
def masked_loss(logits, labels, lengths):
    total, count = 0, 0
    for row, length in enumerate(lengths.tolist()):
        logs = logits[row, :length].log_softmax(dim=1)
        total = total - logs[range(length), labels[row, :length]].sum()
        count += length
    return total / count

# %% train-step
def train_step(rnn, readout, optimizer, inputs, labels, lengths, state=None):
    optimizer.zero_grad()
    outputs = []
    for step in range(inputs.shape[1]):
        output, state = rnn(vectors(inputs[:, step:step + 1]), state)
        outputs.append(output)
    loss = masked_loss(readout(torch.cat(outputs, dim=1)), labels, lengths)
    loss.backward()
    weights = list(rnn.parameters()) + list(readout.parameters())
    nn.utils.clip_grad_norm_(weights, max_norm=1)
    optimizer.step()
    if isinstance(rnn, nn.LSTM):
        h, c = state
        return float(loss), (h.detach(), c.detach())
    return float(loss), state.detach()

# %% write-name
def write_name(rnn, readout, country, generator, temperature=0.8, most=30):
    letters, number, state = [], place[country], None
    for _ in range(most):
        output, state = rnn(vectors(torch.tensor([[number]])), state)
        odds = torch.exp((readout(output)[0, 0] - readout(output).max()) / temperature).double()
        limit = torch.rand(1, generator=generator).item() * odds.sum()
        number = min(int((odds.cumsum(0) <= limit).sum()), len(CHARACTERS) - 1)
        if number == 0:
            break
        letters.append(SYMBOLS[number])
    return "".join(letters)

# %% bits-per-character
def bits_per_character(rnn, readout, names):
    bits = characters = 0
    for name in names:
        inputs, labels, lengths = encode_names([name])
        logits = readout(rnn(vectors(inputs))[0])
        bits += lengths.item() * masked_loss(logits, labels, lengths) / torch.log(torch.tensor(2.0))
        characters += lengths.item()
    return bits / characters
