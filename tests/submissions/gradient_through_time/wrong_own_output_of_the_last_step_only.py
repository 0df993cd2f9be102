"""Only the last output sends a gradient into its state.

loses:
  gradients-check: "what do you pass from a state to the one before it"
"""
# %% gradients: at_logits[:, t:t + 1] @ W + -> at_logits[:, t:t + 1] @ W * (t == bits.shape[1] - 1) +
