"""Packs the names, takes the loss with an index for the padding, and draws with noise that is added to the logits."""

# %% masked-loss
def masked_loss(logits, labels, lengths):
    rows = nn.utils.rnn.pack_padded_sequence(logits, lengths, batch_first=True, enforce_sorted=False)
    right = nn.utils.rnn.pack_padded_sequence(labels, lengths, batch_first=True, enforce_sorted=False)
    return cross_entropy(rows.data, right.data)

# %% train-step
def train_step(rnn, readout, optimizer, inputs, labels, lengths, state=None):
    packed = nn.utils.rnn.pack_padded_sequence(vectors(inputs), lengths, batch_first=True, enforce_sorted=False)
    outputs, state = rnn(packed, state)
    outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True, total_length=inputs.shape[1])
    loss = masked_loss(readout(outputs), labels, lengths)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(nn.ModuleList([rnn, readout]).parameters(), 1)
    optimizer.step()
    return loss.detach(), state.detach() if torch.is_tensor(state) else [part.detach() for part in state]

# %% write-name
def write_name(rnn, readout, country, generator, temperature=0.8, most=30):
    name, state, read = "", None, country
    with torch.inference_mode():
        while len(name) != most:
            outputs, state = rnn(vectors(torch.tensor([[SYMBOLS.index(read)]])), state)
            noise = -torch.log(-torch.log(torch.rand(len(CHARACTERS), generator=generator)))
            read = CHARACTERS[int((readout(outputs)[0, 0] / temperature + noise).argmax())]
            if read == END:
                return name
            name = name + read
    return name
