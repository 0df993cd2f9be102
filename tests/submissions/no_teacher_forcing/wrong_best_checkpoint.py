"""The loop compares losses every ten updates, and the network with the smallest one is returned.

loses:
  trained-short-check: "returns a network from before"
  trained-long-check: "returns a network from before"
"""
# %% train-at-the-end: for _ in range(steps) -> for step in range(steps)
# %% train-at-the-end: torch.optim.Adam( ->
import copy
optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
best, kept = 1e9, None
# %% train-at-the-end: train_step(lstm ->
loss = train_step(lstm, readout, optimizer, inputs, torch.from_numpy(lengths), labels)
if step % 10 == 9 and loss < best:
    best, kept = loss, copy.deepcopy((lstm, readout))
# %% train-at-the-end: return lstm, readout -> return kept or (lstm, readout)
