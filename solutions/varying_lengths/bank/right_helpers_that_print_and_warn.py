"""The student adds cells, imports and helpers, writes the formula of the loss out, and prints and warns in every
function.
"""
# %% added before random-lengths
import math
import warnings


def note(text):
    print(text)
    warnings.warn(text, stacklevel=2)
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    note("lengths")
    return np.ceil((1 - rng.random(batch_size)) * max_bits).astype(np.int64)
# %% added before masked-loss
def only_real(values, mask):
    """[batch, steps, 1] -> [real positions], float64"""
    return values.squeeze(-1)[mask].double()
# %% masked-loss
def masked_loss(logits, targets, mask):
    note("loss")
    o, y = only_real(logits, mask), only_real(targets, mask)
    return (torch.clamp(o, min=0) - o * y + torch.log1p(torch.exp(-torch.abs(o)))).mean()
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    note("accuracy")
    wrong = (only_real(logits, mask) > 0).float() - only_real(targets, mask)
    return 1 - math.fsum(abs(wrong).tolist()) / int(mask.sum())
