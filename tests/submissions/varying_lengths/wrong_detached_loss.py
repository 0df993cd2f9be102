"""All strings have one length, the loss has the correct value but no gradient, and the accuracy is the share of whole
strings.

loses:
  random-lengths-check: one length for the whole batch
  masked-loss-check: the result was cut from the graph
  masked-accuracy-check: A logit above 0 means odd
  reported-accuracy-check: the two shares are swapped
"""
# %% random-lengths: return rng.integers( ->
return int(rng.integers(1, max_bits + 1))
# %% masked-loss: return binary_cross_entropy_with_logits( ->
return torch.tensor(binary_cross_entropy_with_logits(logits[mask], targets[mask]).item())
# %% masked-accuracy: return right ->
return (right.squeeze(-1) | ~mask).all(dim=1).float().mean().item()
# %% reported-accuracy: return share_of_padding ->
return 1 - share_of_padding + share_of_padding * real_accuracy
