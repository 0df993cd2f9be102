"""The strings are run in parts of sixteen steps, and the gradient does not get from one part into the one before.

loses:
  run-packed-check: the states are cut off
"""
# %% run-packed
def run_packed(rnn, inputs, lengths):
    parts, h = [], None
    for start in range(0, inputs.shape[1], 16):
        states, h = rnn(inputs[:, start:start + 16], h)
        h = h.detach()
        parts.append(states)
    real = torch.arange(inputs.shape[1]) < torch.from_numpy(lengths)[:, None]
    return torch.cat(parts, dim=1) * real[..., None]
