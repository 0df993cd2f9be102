"""The student sets bidirectional=True, because two directions should be better than one.

loses:
  build-model-check: bidirectional=True
"""
# %% build-model: batch_first=True -> batch_first=True, bidirectional=True
# %% build-model: nn.Linear(hidden_size, 1) -> nn.Linear(2 * hidden_size, 1)
