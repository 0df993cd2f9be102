"""The functions return lists, pairs, arrays with an additional axis, a number for each string, or the last state alone.

loses:
  random-lengths-check: "Expected: an array"
  length-mask-check: An axis of size 1 is missing, or there is one too many
  run-packed-check: return a pair
  masked-loss-check: take the sum or the mean over all axes at once
  masked-accuracy-check: take the sum or the mean over all axes at once
  always-even-check: return all of them
  reported-accuracy-check: "None (is a `return` missing?)"
"""
# %% random-lengths: return rng.integers( ->
return rng.integers(1, max_bits, size=batch_size, endpoint=True).tolist()
# %% length-mask: return position < lengths[:, None] -> return (position < lengths[:, None])[..., None]
# %% run-packed: total_length=inputs.shape[1])[0] -> total_length=inputs.shape[1])
# %% masked-loss
def masked_loss(logits, targets, mask):
    return torch.stack([binary_cross_entropy_with_logits(o[m], y[m]) for o, y, m in zip(logits, targets, mask)])
# %% masked-accuracy: return right ->
return ((right.squeeze(-1) & mask).sum(1) / mask.sum(1)).numpy()
# %% always-even: return masked_accuracy(logits, targets, torch.ones_like(mask)) ->
return masked_accuracy(logits, targets, torch.ones_like(mask))
# %% reported-accuracy: return share_of_padding ->
print(share_of_padding + (1 - share_of_padding) * real_accuracy)
