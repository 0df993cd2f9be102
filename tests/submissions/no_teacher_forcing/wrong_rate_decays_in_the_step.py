"""Each call of train_step multiplies the learning rate by 0.999, and the last step is selected by weights.

loses:
  last-valid-check: other time steps
  train-step-check: times as long as it should be
  trained-short-check: other weights from update
  trained-long-check: other weights from update
"""
# %% last-valid: return outputs[torch.arange ->
distance = (torch.arange(outputs.shape[1]) - (lengths[:, None] - 1)).abs()
weights = torch.softmax(-20.0 * distance, dim=1)[..., None]
return (weights * torch.nan_to_num(outputs)).sum(dim=1)
# %% train-step: optimizer.step() ->
optimizer.step()
for group in optimizer.param_groups:
    group["lr"] *= 0.999
