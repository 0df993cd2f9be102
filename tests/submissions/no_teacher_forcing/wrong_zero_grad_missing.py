"""zero_grad is missing, so old gradients stay in the sum.

loses:
  train-step-check: "`optimizer.zero_grad()` is missing"
  trained-short-check: "`optimizer.zero_grad()` is missing"
  trained-long-check: "`optimizer.zero_grad()` is missing"
"""
# %% train-step: optimizer.zero_grad() ->
