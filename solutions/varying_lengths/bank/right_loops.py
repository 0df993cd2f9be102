"""Everything is written in plain loops over strings and time steps, with Python numbers wherever they fit."""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    lengths = []
    for _ in range(batch_size):
        lengths.append(1 + int(rng.random() * max_bits))
    return np.array(lengths)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    mask = np.zeros((len(lengths), max_bits), dtype=bool)
    for i, n in enumerate(lengths):
        if padding == "after":
            mask[i, :n] = True
        else:
            mask[i, -n:] = True
    return mask
# %% run-packed
def run_packed(rnn, inputs, lengths):
    states = torch.zeros(len(inputs), inputs.shape[1], rnn.hidden_size)
    for i in range(len(inputs)):
        n = int(lengths[i])
        states[i, :n] = rnn(inputs[i:i + 1, :n])[0][0]
    return states
# %% masked-loss
def masked_loss(logits, targets, mask):
    total, count = 0.0, 0
    for i in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[i, t]:
                total = total + binary_cross_entropy_with_logits(logits[i, t, 0], targets[i, t, 0])
                count += 1
    return total / count
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = count = 0
    for row_of_logits, row_of_targets, row in zip(logits.tolist(), targets.tolist(), mask.tolist()):
        for (o,), (y,), real in zip(row_of_logits, row_of_targets, row):
            if real:
                count += 1
                right += (o > 0) == (y == 1)
    return right / count
# %% always-even
def always_even(targets, mask):
    even = total = even_real = total_real = 0
    for row, real in zip(targets[..., 0].tolist(), mask.tolist()):
        for y, counts in zip(row, real):
            total += 1
            even += y == 0
            if counts:
                total_real += 1
                even_real += y == 0
    return even / total, even_real / total_real
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    padding = share_of_padding * 1.0
    real = (1.0 - share_of_padding) * real_accuracy
    return padding + real
