"""The student writes loops and formulas out, clips by hand, and turns lists into arrays at the end."""

# %% final-parity
def final_parity(bits, lengths):
    answers = []
    for row, length in zip(bits, lengths):
        parity = 0
        for bit in row[:length]:
            parity = parity ^ int(bit)
        answers.append(parity)
    return np.array(answers)

# %% last-valid
def last_valid(outputs, lengths):
    return torch.stack([outputs[i, int(n) - 1] for i, n in enumerate(lengths)])

# %% end-loss
def end_loss(logits, lengths, labels):
    o = last_valid(logits, lengths).reshape(-1)
    each = o.clamp(min=0) - o * labels + torch.log1p(torch.exp(-o.abs()))
    return each.sum() / len(each)

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    loss.backward()
    parameters = list(lstm.parameters()) + list(readout.parameters())
    norm = sum((p.grad ** 2).sum() for p in parameters).sqrt()
    if norm > 1:
        for p in parameters:
            p.grad /= norm
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    if accuracy < 0.95:
        return longest
    if longest + 1 > stop:
        return stop
    return longest + 1
