"""PyTorch's autograd computes the gradients.

loses:
  gradients-check: which is the ready answer
"""
# %% added before gradients
import torch
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    own = [torch.tensor(one, requires_grad=True) for one in (U, V, b, W, c, h0)]
    U, V, b, W, c, h0 = own
    h, total = h0.expand(len(bits), -1), 0
    for t in range(bits.shape[1]):
        h = torch.tanh(torch.tensor(bits[:, t:t + 1]).double() @ U.T + h @ V.T + b)
        o, y = (h @ W[0] + c[0])[torch.tensor(mask[:, t])], torch.tensor(labels[:, t])[torch.tensor(mask[:, t])]
        total = total + torch.nn.functional.binary_cross_entropy_with_logits(o, y.double(), reduction="sum")
    (total / mask.sum()).backward()
    return {name: one.grad for name, one in zip(["U", "V", "b", "W", "c", "h0"], own)}
