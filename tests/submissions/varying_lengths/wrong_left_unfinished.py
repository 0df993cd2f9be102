"""Some functions are missing, some stop because of a slip, and some return strings or complex numbers.

loses:
  random-lengths-check: "there is no `random_lengths` yet"
  length-mask-check: give lengths a second axis
  run-packed-check: "`batch_first=True` is needed"
  masked-loss-check: stopped with NameError
  masked-accuracy-check: real numbers
  always-even-check: "Expected: a number"
  reported-accuracy-check: stopped with ZeroDivisionError
"""
# %% random-lengths: def random_lengths -> def random_length
# %% length-mask: return position < lengths[:, None] -> return position < lengths
# %% run-packed: pad_packed_sequence(states, batch_first=True, -> pad_packed_sequence(states,
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return bce(logits[mask], targets[mask])
# %% masked-accuracy: right[mask].float().mean().item() -> right[mask].to(torch.complex64).mean()
# %% always-even
def always_even(targets, mask):
    return "about three quarters", "about one half"
# %% reported-accuracy: return share_of_padding ->
return share_of_padding + real_accuracy / (1 - 1)
