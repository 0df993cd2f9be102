"""Tensors and small integers are used wherever possible, and the states on padding are set to 0 afterwards, which is
equivalent to packing.
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return torch.from_numpy(rng.integers(low=1, high=max_bits + 1, size=(batch_size,), dtype=np.int32))
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    lengths = torch.as_tensor(lengths)
    mask = lengths.unsqueeze(1) > torch.arange(max_bits).unsqueeze(0)
    return mask if padding == "after" else mask.flip(1)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    states, _ = rnn(inputs)
    return states * length_mask(lengths, inputs.shape[1]).unsqueeze(-1)
# %% masked-loss
def masked_loss(logits, targets, mask):
    logits = torch.where(mask, logits.squeeze(-1), torch.zeros(()))
    each = binary_cross_entropy_with_logits(logits, targets.squeeze(-1), reduction="none")
    return torch.where(mask, each, torch.zeros_like(each)).sum() / mask.sum()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    predictions = torch.sigmoid(logits) > 0.5
    right = (predictions == targets.bool()).squeeze(-1) & mask
    return (right.sum() / mask.sum()).item()
# %% always-even
def always_even(targets, mask):
    logits = torch.full_like(targets, -20.0)
    everywhere = mask | True
    return [masked_accuracy(logits, targets, each) for each in (everywhere, mask)]
