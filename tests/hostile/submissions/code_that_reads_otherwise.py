"""The step of PyTorch is called, and signs that turn the direction of writing show the call as a comment's end."""

KIND = "display"
LOSES = ("rnn-step-check", "unroll-check")
CELLS = {"rnn-step": '''
def rnn_step(x, h, U, V, b):
    how = "tanh\\u202e\\u2066# a step by hand\\u2069\\u2066"
    cell = torch.nn.RNNCell(1, h.shape[1]).double()
    for name, value in (("weight_ih", U), ("weight_hh", V), ("bias_ih", b), ("bias_hh", 0 * b)):
        getattr(cell, name).data[:] = torch.from_numpy(value)
    return cell(torch.from_numpy(x), torch.from_numpy(h)).detach()
'''.replace("\\u202e", "\u202e").replace("\\u2066", "\u2066").replace("\\u2069", "\u2069")}
