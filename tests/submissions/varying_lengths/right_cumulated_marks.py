"""The mask is a cumulative sum of marks at the ends, strings are packed from a list, and the loss is written out."""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.integers(max_bits, size=(batch_size,), dtype=np.int16) + np.int64(1)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    ones = np.zeros((len(lengths), max_bits + 1), dtype=int)
    np.add.at(ones, (np.arange(len(lengths)), lengths), 1)
    after = np.cumsum(ones, axis=1)[:, :-1] == 0
    return after if padding == "after" else np.fliplr(after)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    lists = [inputs[i, : lengths[i]] for i in range(len(inputs))]
    packed = nn.utils.rnn.pack_sequence(lists, enforce_sorted=False)
    out = inputs.new_zeros(inputs.shape[0], inputs.shape[1], rnn.hidden_size)
    rows = nn.utils.rnn.unpack_sequence(rnn(packed)[0])
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out
# %% masked-loss
def masked_loss(logits, targets, mask):
    z, y = logits[mask], targets[mask]
    return (z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs()))).sum() / mask.sum()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = torch.eq((logits > 0).double(), targets.double())
    return torch.einsum("bti,bt->", right.double(), mask.double()).item() / mask.sum().item()
# %% always-even
def always_even(targets, mask):
    return (1 - targets).mean().item(), ((1 - targets[..., 0]) * mask).sum().item() / mask.sum().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    s, a = share_of_padding, real_accuracy
    return s + a - s * a
