"""Some functions are missing, some have a slip that stops them, some give strings or complex numbers.

loses:
  random-lengths-check: "there is no `random_lengths` yet"
  length-mask-check: give lengths a second axis
  run-packed-check: "`batch_first=True` is needed"
  masked-loss-check: stopped with NameError
  masked-accuracy-check: real numbers
  always-even-check: "Expected: a number"
  reported-accuracy-check: stopped with ZeroDivisionError
"""
# %% random-lengths
def random_length(batch_size, max_bits, rng):
    return rng.integers(1, max_bits, size=batch_size, endpoint=True)
# %% length-mask
def length_mask(lengths, max_bits):
    return np.arange(max_bits) < lengths
# %% run-packed
def run_packed(rnn, inputs, lengths):
    packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(rnn(packed)[0], total_length=inputs.shape[1])[0]
# %% masked-loss
def masked_loss(logits, targets, mask):
    return bce(logits[mask], targets[mask])
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    return ((logits > 0) == (targets > 0.5))[mask].to(torch.complex64).mean()
# %% always-even
def always_even(targets, mask):
    return "about three quarters", "about one half"
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return share_of_padding + real_accuracy / (1 - 1)
