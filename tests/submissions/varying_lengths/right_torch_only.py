"""PyTorch sorts, packs and puts the strings back, and the loss interpolates two logarithms."""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.ceil((1 - rng.random(batch_size)) * max_bits).astype(np.int32)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    mask = torch.arange(max_bits).expand(len(lengths), -1).lt(torch.as_tensor(lengths).unsqueeze(1))
    return {"after": mask, "before": mask.flip(1)}[padding]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    n, order = torch.sort(torch.as_tensor(lengths), descending=True)
    packed = pack_padded_sequence(inputs.index_select(0, order), n, batch_first=True)
    states, _ = pad_packed_sequence(rnn(packed)[0], batch_first=True)
    states = nn.functional.pad(states, (0, 0, 0, inputs.shape[1] - states.shape[1]))
    return torch.empty_like(states).index_copy(0, order, states)
# %% masked-loss
def masked_loss(logits, targets, mask):
    z, y = (t.squeeze(-1).masked_select(mask) for t in (logits, targets))
    return -torch.lerp(nn.functional.logsigmoid(-z), nn.functional.logsigmoid(z), y).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    wrong = torch.logical_xor(logits > 0, targets > 0.5).squeeze(-1)
    return 1 - torch.count_nonzero(wrong & mask).item() / torch.count_nonzero(mask).item()
# %% always-even
def always_even(targets, mask):
    no = -torch.ones_like(targets)
    return tuple(masked_accuracy(no, targets, m) for m in (mask | True, mask))
# %% reported-accuracy
reported_accuracy = lambda share_of_padding, real_accuracy=0.5: 1 - (1 - share_of_padding) * (1 - real_accuracy)
