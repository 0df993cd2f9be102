"""The search is written in PyTorch and returns a tensor."""
# %% find-error
def find_error(U, V, b, W, c, longest):
    U, V, b, W, c = map(torch.from_numpy, (U, V, b, W, c))
    h, odd, strings = torch.zeros(1, 2).double(), torch.zeros(1, dtype=torch.bool), torch.zeros(1, 0, dtype=torch.long)
    for _ in range(longest):
        bit = torch.arange(2).repeat_interleave(len(h))
        h = torch.tanh(bit[:, None] * U.T + h.repeat(2, 1) @ V.T + b)
        odd, strings = odd.repeat(2) ^ (bit == 1), torch.cat([strings.repeat(2, 1), bit[:, None]], dim=1)
        output = (h @ W.T + c)[:, 0]
        wrong = (output > 0) != odd
        if wrong.any():
            return strings[wrong][0]
        ranks = [torch.where(odd == parity, sign * output, torch.inf).argsort()[:50]
                 for parity in (False, True) for sign in (1, -1)]
        kept = torch.cat(ranks).unique()
        h, odd, strings = h[kept], odd[kept], strings[kept]
    return None
