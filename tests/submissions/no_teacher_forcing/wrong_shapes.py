"""cumsum makes a label at every time step, there is an axis too many, zero_grad comes after backward, and the
modules are not returned.

loses:
  final-parity-check: this is a label at every time step
  last-valid-check: "`outputs[torch.arange(batch), lengths - 1]` takes time step lengths[i] - 1 of row i, with"
  train-step-check: nothing moved
  train-at-the-end-check: return lstm, readout
  trained-short-check: return lstm, readout
  trained-long-check: return lstm, readout
  next-max-length-check: the length grows by exactly one
"""
# %% final-parity: (bits * real).sum(axis=1) % 2 -> np.cumsum(bits, axis=1) % 2
# %% last-valid: return outputs ->
return outputs[torch.arange(len(outputs)), lengths - 1].unsqueeze(1)
# %% train-step: optimizer.zero_grad() ->
# %% train-step: nn.utils.clip_grad_norm_ ->
optimizer.zero_grad()
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    return nn.Sequential(nn.LSTM(1, 8), nn.Linear(8, 1)).state_dict()
# %% next-max-length: min(longest + 1, stop) if -> min(2 * longest, stop) if
