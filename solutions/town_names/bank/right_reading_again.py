"""Reads the whole name again for each character that it draws, and keeps states as they come from a copy."""

# %% encode-names
def encode_names(names):
    rows = [[SYMBOLS.index(symbol) for symbol in [country] + list(name) + [END]] for country, name in names]
    longest = max(map(len, rows)) - 1
    inputs = [row[:-1] + [0] * (longest + 1 - len(row)) for row in rows]
    labels = [row[1:] + [0] * (longest + 1 - len(row)) for row in rows]
    return [torch.tensor(inputs), torch.tensor(labels), torch.tensor([len(row) - 1 for row in rows])]

# %% write-name
def write_name(rnn, readout, country, generator, temperature=0.8, most=30):
    symbols = [country]
    while len(symbols) <= most and symbols[-1] != END:
        with torch.no_grad():
            outputs, _ = rnn(vectors(torch.tensor([[SYMBOLS.index(symbol) for symbol in symbols]])))
            logits = readout(outputs)[0, -1].double()
        drawn = torch.multinomial((logits / temperature).softmax(0), 1, True, generator=generator)
        symbols.append(SYMBOLS[drawn.item()])
    return "".join(symbols[1:]).rstrip(END)
