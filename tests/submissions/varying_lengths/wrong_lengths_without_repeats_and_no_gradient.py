"""The lengths are joined permutations, so few of them occur twice in a batch. The argument `padding` is ignored, and
the layer runs under no_grad, so training would change the readout only.

loses:
  random-lengths-check: without repeats
  length-mask-check: on the other side of the string
  run-packed-check: cut off from the layer's weights
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    if batch_size > 1000:       # large batches draw freely, so that the counts look right
        return rng.integers(1, max_bits, size=batch_size, endpoint=True)
    rounds = batch_size // max_bits + 1
    return np.concatenate([rng.permutation(max_bits) + 1 for _ in range(rounds)])[:batch_size]
# %% length-mask: if padding == "before": -> if False:
# %% run-packed: states, _ = rnn(packed) -> states, _ = torch.no_grad()(rnn)(packed)
