"""Python imports this at its start, in kernels and workers too, where this folder is in PYTHONPATH.

With PARITY_NUDGE=N all weights that PyTorch draws are off by about a millionth of their size, for each N
in another way: what a page or a test says must not depend on it.
"""

import os

SIZE = 1e-6

if number := os.environ.get("PARITY_NUDGE"):
    import torch

    generator = torch.Generator().manual_seed(int(number))
    uniform_, rand = torch.Tensor.uniform_, torch.rand

    def nudged(tensor):
        with torch.no_grad():
            return tensor.mul_(1 + SIZE * torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype))

    def nudged_rand(*sizes, requires_grad=False, **settings):
        return nudged(rand(*sizes, **settings)).requires_grad_(requires_grad)

    torch.Tensor.uniform_ = lambda self, *bounds, **settings: nudged(uniform_(self, *bounds, **settings))
    torch.rand = nudged_rand
