"""The loss is a Python number, and the accuracy is a percentage.

loses:
  masked-loss-check: return the tensor itself
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: multiply real_accuracy
"""
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return binary_cross_entropy_with_logits(logits[mask], targets[mask]).item()
# %% masked-accuracy: right[mask].float().mean().item() -> 100 * right[mask].float().mean().item()
# %% reported-accuracy: (1 - share_of_padding) * real_accuracy -> real_accuracy
