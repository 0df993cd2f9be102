"""The last state is taken from the second output. For nn.LSTM that is a pair, so the function works for nn.RNN
alone.

loses:
  gradient-norms-check: "returns (output, (h, c))"
"""

# %% gradient-norms
def gradient_norms(model, inputs):
    inputs = inputs.detach().clone().requires_grad_()
    output, h_last = model(inputs)
    h_last.sum().backward()
    return inputs.grad.norm(dim=2).mean(dim=0).numpy()
