"""A logit of exactly 0 counts as odd, and lengths come in pairs of a long one and a short one.

loses:
  random-lengths-check: Each string draws its own length
  masked-accuracy-check: A logit above 0 means odd
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    half = rng.integers(1, max_bits, size=(batch_size + 1) // 2, endpoint=True)
    return np.concatenate([half, max_bits + 1 - half])[:batch_size]
# %% masked-accuracy: (logits > 0) -> (logits >= 0)
