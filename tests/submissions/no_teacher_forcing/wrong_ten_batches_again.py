"""The first ten batches are drawn once and repeated.

loses:
  trained-short-check: each update calls `draw` once
  trained-long-check: each update calls `draw` once
"""
# %% train-at-the-end: for _ in range(steps) -> for step in range(steps)
# %% train-at-the-end: torch.optim.Adam( ->
optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
batches = [draw(64, min_length, max_length, rng) for _ in range(10)]
# %% train-at-the-end: bits, lengths = ->
bits, lengths = batches[step % 10]
