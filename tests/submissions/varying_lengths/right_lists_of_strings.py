"""Comprehensions turn the rectangle into a list of strings of different lengths, which are put together again at the
end.
"""
# %% added before random-lengths
from statistics import fmean

from torch.nn.utils.rnn import pack_sequence, pad_sequence, unpack_sequence


def cut(rectangle, lengths):
    return [row[:n] for row, n in zip(rectangle, lengths)]


def real_numbers(values, mask):
    return [row[real, 0] for row, real in zip(values, mask)]
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return np.array([rng.integers(1, max_bits + 1) for _ in range(batch_size)])
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    rows = [[True] * n + [False] * (max_bits - n) for n in lengths]
    return torch.tensor([row[::-1] for row in rows] if padding == "before" else rows)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed, _ = rnn(pack_sequence(cut(inputs, lengths), enforce_sorted=False))
    states = pad_sequence(unpack_sequence(packed), batch_first=True)
    too_short = inputs.size(1) - states.size(1)
    return nn.functional.pad(states, (0, 0, 0, too_short))
# %% masked-loss
def masked_loss(logits, targets, mask):
    sums = [binary_cross_entropy_with_logits(o, y, reduction="sum")
            for o, y in zip(real_numbers(logits, mask), real_numbers(targets, mask))]
    return sum(sums) / sum(row.sum() for row in mask)
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return fmean(float((o > 0) == (y > 0.5))
                 for row_o, row_y in zip(real_numbers(logits, mask), real_numbers(targets, mask))
                 for o, y in zip(row_o, row_y))
# %% always-even
def always_even(targets, mask):
    everything = targets.flatten().tolist()
    real = [y for row in real_numbers(targets, mask) for y in row.tolist()]
    return everything.count(0) / len(everything), real.count(0) / len(real)
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return real_accuracy + share_of_padding * (1 - real_accuracy)
