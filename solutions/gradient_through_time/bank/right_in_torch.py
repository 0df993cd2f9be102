"""Everything is written in PyTorch without its autograd, returns tensors, and goes back by recursion."""
# %% added before output-gradient
import torch
# %% output-gradient
def output_gradient(logits, labels, mask):
    logits, labels, mask = torch.tensor(logits), torch.tensor(labels), torch.tensor(mask)
    return (torch.sigmoid(logits) - labels).masked_fill(~mask, 0) / mask.sum()
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    states, logits = forward(bits, U, V, b, W, c, h0)
    d = output_gradient(logits, labels, mask)
    states, x = torch.tensor(states), torch.tensor(bits).double()
    V, W = torch.tensor(V), torch.tensor(W)

    def back(t):
        """gradient at the sum inside tanh for steps t, t + 1, ..."""
        if t == bits.shape[1]:
            return []
        after = back(t + 1)
        at = d[:, t, None] @ W + (after[0] @ V if after else 0)
        return [at * (1 - states[:, t + 1].square()), *after]

    A = torch.stack(back(0), dim=1)
    return {"c": d.sum().reshape(1), "W": torch.einsum("nt,nti->i", d, states[:, 1:]).unsqueeze(0),
            "b": A.sum((0, 1)), "U": torch.einsum("nti,nt->i", A, x)[:, None],
            "V": torch.einsum("nti,ntj->ij", A, states[:, :-1]), "h0": (A[:, 0] @ V).sum(0)}
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    for k, one in enumerate(weights):
        found = np.empty_like(one)
        for place, value in np.ndenumerate(one):
            step = 1e-5 * max(1, abs(value))
            moved = [[other.copy() for other in weights] for _ in range(2)]
            moved[0][k][place] += step
            moved[1][k][place] -= step
            found[place] = (loss(moved[0]) - loss(moved[1])) / (2 * step)
        if not torch.allclose(torch.tensor(found), torch.tensor(gradient[k]), rtol=0,
                              atol=1e-3 * float(abs(found).max()) + 1e-14):
            return False
    return True
