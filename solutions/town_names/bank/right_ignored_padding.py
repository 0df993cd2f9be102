"""Marks the padding with a number of its own and puts zeros there in the loss, detaches the state at the beginning as well, and divides
the logits in place."""

# %% added before masked-loss
def without_padding(labels, lengths):
    labels = labels.clone()
    labels[torch.arange(labels.shape[1])[None] >= lengths[:, None]] = -100
    return labels

# %% masked-loss
def masked_loss(logits, labels, lengths):
    labels = without_padding(labels, lengths)
    logits = torch.where(labels[..., None] == -100, 0, logits)
    return nn.CrossEntropyLoss(ignore_index=-100)(logits.permute(0, 2, 1), labels)

# %% added before train-step
def cut(state):
    return None if state is None else state.detach() if torch.is_tensor(state) else tuple(map(torch.Tensor.detach, state))

# %% train-step
def train_step(rnn, readout, optimizer, inputs, labels, lengths, state=None):
    outputs, state = rnn(vectors(inputs), cut(state))
    loss = masked_loss(readout(outputs), labels, lengths)
    for weight in (*rnn.parameters(), *readout.parameters()):
        weight.grad = None
    loss.backward()
    torch.nn.utils.clip_grad_norm_((*readout.parameters(), *rnn.parameters()), 1.0)
    optimizer.step()
    return loss.item(), cut(state)

# %% bits-per-character
@torch.no_grad()
def bits_per_character(rnn, readout, names):
    inputs, labels, lengths = encode_names(names)
    logits = readout(rnn(vectors(inputs))[0])
    log2 = logits.log_softmax(dim=2).gather(2, labels[..., None])[..., 0] / np.log(2)
    return -sum(row[:length].sum().item() for row, length in zip(log2, lengths)) / lengths.sum().item()
