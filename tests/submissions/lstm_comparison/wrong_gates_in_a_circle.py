"""The gates are in the order o, i, f, g, the gradients cancel in the mean, and the median is a mean.

loses:
  lstm-step-check: The gates are in the wrong order; PyTorch's blocks are input gate, forget gate, candidate, o
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
  gradient-norms-check: so they cancel
"""
# %% lstm-step: i, f, g, o = -> o, i, f, g =
# %% summarise
def summarise(steps):
    solved = [s for s in steps if s is not None]
    return len(solved), len(steps), np.mean(solved) if 2 * len(solved) > len(steps) else None
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.mean(dim=0).norm(dim=1)
