"""The gates are in the order i, f, o, g of many papers, unsolved runs count as 0, and the norms are added up over
the batch.

loses:
  lstm-step-check: The gates are in the wrong order; PyTorch's blocks are input gate, forget gate, candidate, o
  summarise-check: The median is in the middle of the sorted runs, and an unsolved run takes longer than all 
  gradient-norms-check: you added up the norms over the batch
"""
# %% lstm-step: i, f, g, o = -> i, f, o, g =
# %% summarise: np.inf if step is None else step -> step or 0
# %% gradient-norms: inputs.grad.norm(dim=2).mean(dim=0) -> inputs.grad.norm(dim=2).sum(dim=0)
