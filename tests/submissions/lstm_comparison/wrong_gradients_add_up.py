"""The gradient is stored in the tensor itself, so a second call adds to the first.

loses:
  gradient-norms-check: The call changes the tensor that it is given
"""

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs.requires_grad_()
    output, _ = model(inputs)
    output[:, -1].sum().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).numpy()
