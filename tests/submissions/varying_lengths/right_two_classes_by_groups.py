"""Strings of equal length run together without packing, the loss is that of two classes, and shares are weighted
averages.
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return 1 + rng.integers(max_bits, size=batch_size)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    # row n of the triangle has n + 1 ones, at its beginning
    triangle = np.tri(max_bits, dtype=bool)
    if padding == "before":
        triangle = np.fliplr(triangle)
    return triangle[lengths - 1]
# %% run-packed
def run_packed(rnn, inputs, lengths):
    batch, steps, _ = inputs.shape
    states = inputs.new_zeros((batch, steps, rnn.hidden_size))
    for length in np.unique(lengths).tolist():
        rows = torch.from_numpy(np.flatnonzero(lengths == length))
        output, _ = rnn(inputs[rows, :length])
        states[rows, :length] = output
    return states
# %% masked-loss
def masked_loss(logits, targets, mask):
    odd = logits.squeeze(-1)[mask]
    both = torch.stack([torch.zeros_like(odd), odd], dim=-1)       # [real, 2]: even has the logit 0
    return nn.functional.cross_entropy(both, targets.squeeze(-1)[mask].long())
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    says = torch.heaviside(logits.squeeze(-1), torch.tensor(0.0))
    right = torch.eq(says, targets.squeeze(-1)).numpy()
    return float(np.average(right, weights=mask.numpy()))
# %% always-even
def always_even(targets, mask):
    even = 1 - targets.squeeze(-1).numpy()
    return float(np.average(even)), float(np.average(even, weights=mask))
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return np.average([1, real_accuracy], weights=[share_of_padding, 1 - share_of_padding])
