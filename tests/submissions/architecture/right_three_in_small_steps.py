"""The network counts by three in steps of a half, with a unit that does nothing, and the weights are tensors."""
# %% multiple-of-three
def multiple_of_three():
    U = torch.tensor([[0.5], [0.5], [0.0]])
    V = torch.tensor([[1.0, -3.0, 0.0], [1.0, -3.0, 0.0], [0.0, 0.0, 0.0]])
    b = torch.tensor([0.0, -1.0, -1.0], requires_grad=True)
    return [U, V, b, torch.tensor([[-10.0, 30.0, 7.0]]), torch.tensor([2.5])]
