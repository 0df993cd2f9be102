"""Long lengths are cut to max_bits, the masked loss is divided by the size of the rectangle, and the accuracy compares
logits with 0.5.

loses:
  random-lengths-check: "`rng.integers` draws all lengths independently of each other and equally often"
  masked-loss-check: divided by the size of the rectangle
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: this holds for a network that guesses
"""
# %% random-lengths: return rng.integers( ->
return np.minimum(rng.integers(1, 2 * max_bits, size=batch_size), max_bits)
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return torch.where(mask, binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1), 0.0).mean()
# %% masked-accuracy: (logits > 0) -> (logits > 0.5)
# %% reported-accuracy: return share_of_padding ->
return 0.5 + share_of_padding / 2
