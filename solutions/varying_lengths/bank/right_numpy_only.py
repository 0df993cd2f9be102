"""All that NumPy can do is done in NumPy, and each string runs on its own."""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.array([int(max_bits * u) + 1 for u in rng.random(batch_size)])
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    return np.array([[True] * n + [False] * (max_bits - n) if padding == "after"
                     else [False] * (max_bits - n) + [True] * n for n in map(int, lengths)])
# %% run-packed
def run_packed(rnn, inputs, lengths):
    rows = [rnn(row[:n].unsqueeze(0))[0].squeeze(0) for row, n in zip(inputs, map(int, lengths))]
    width = inputs.size(1)
    return torch.stack([torch.cat([r, r.new_zeros(width - len(r), r.size(1))]) for r in rows])
# %% masked-loss
def masked_loss(logits, targets, mask):
    signs = 1 - 2 * targets[mask]
    return torch.logaddexp(torch.zeros_like(signs), signs * logits[mask]).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    L, T, M = logits.detach().numpy()[..., 0], targets.numpy()[..., 0], mask.numpy()
    return np.average(np.equal(L > 0, T == 1), weights=M).item()
# %% always-even
def always_even(targets, mask):
    even = 1 - targets.numpy()[..., 0]
    return even.mean().item(), even[mask.numpy()].mean().item()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return np.dot([share_of_padding, 1 - share_of_padding], [1, real_accuracy])
