"""Do factors between 0 and 1 suffice for parity, or does a net need negative ones?

:class:`LinearRecurrence`, trained on 50 bits with a label at every step,
batches of 32, Adam. Returns ``{"lengths", "nets": {"sigmoid 1" | "tanh 1" |
"sigmoid 8" | "tanh 8": {"seeds", "solved": nets right at every bit of all
strings of the first length, "exact": [a length each: the same], "by_step":
[accuracy at each step of the first length, a mean over seeds], "bit_accuracy":
[a seed each, first length], "factors": [a seed each: [a(0), a(1)] of the
first channel]}}}``; the number is that of channels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_lib.errors import require_choice
from parity_lib.experiments.nets import TRAINED_ON
from parity_lib.experiments.summaries import shorts

QUICK: dict[str, Any] = {"seeds": 2, "steps": 2, "lengths": (75, 80), "strings": 4}


class LinearRecurrence(torch.nn.Module):
    """``h_t = a(x_t) h_{t-1} + u(x_t)`` in each channel, and a weighted sum of the channels as logit.

    ``factor`` says where a may lie: ``"sigmoid"`` between 0 and 1, ``"tanh"``
    between -1 and 1. One channel starts at 1 and has no u; with more of them
    each has its u. ``seeds`` nets are computed at once, each by itself.

    >>> LinearRecurrence(channels=1, factor="tanh", seeds=3)(torch.zeros(2, 7)).shape
    torch.Size([3, 2, 7])
    """

    def __init__(self, channels: int, factor: str, seeds: int = 1, seed: int = 0) -> None:
        super().__init__()
        require_choice("factor", factor, ("sigmoid", "tanh"))
        self.channels, self.squash = channels, torch.sigmoid if factor == "sigmoid" else torch.tanh
        generator = torch.Generator().manual_seed(seed)
        names = ("after_0", "after_1", "readout", "threshold") + (("add_0", "add_1") if channels > 1 else ())
        for name in names:  # the two values of a before the squashing, those of u, and what reads h
            size = (seeds, 1, 1) if name == "threshold" else (seeds, 1, channels)
            values = (2 * torch.rand(size, generator=generator) - 1) / channels**0.5
            self.register_parameter(name, torch.nn.Parameter(values))

    def factors(self) -> torch.Tensor:
        """``a(0)`` and ``a(1)``: ``[2, seeds, channels]``."""
        return torch.stack([self.squash(self.after_0), self.squash(self.after_1)]).squeeze(2)

    def forward(self, bits: torch.Tensor) -> torch.Tensor:
        """``bits [batch, steps]`` to logits ``[seeds, batch, steps]``."""
        is_one = bits[..., None] > 0.5
        h, states = torch.ones_like(self.readout), []
        a = [self.squash(self.after_0), self.squash(self.after_1)]
        for t in range(bits.shape[1]):
            h = torch.where(is_one[:, t], a[1], a[0]) * h
            if self.channels > 1:
                h = h + torch.where(is_one[:, t], self.add_1, self.add_0)
            states.append(h)
        return (torch.stack(states, 2) * self.readout[:, :, None]).sum(-1) + self.threshold


def run(seeds: int = 20, steps: int = 600, lr: float = 0.03, clip: float = 0.25,
        lengths: tuple[int, ...] = (75, 1000), strings: int = 500) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    nets = {}
    for channels in (1, 8):
        for factor in ("sigmoid", "tanh"):
            net = trained_recurrence(LinearRecurrence(channels, factor, seeds), steps, lr, clip)
            right = [right_bits(net, length, strings) for length in lengths]
            exact = [int(each.all(dim=2).all(dim=1).sum()) for each in right]
            nets[f"{factor} {channels}"] = {
                "seeds": seeds, "solved": exact[0], "exact": exact,
                "by_step": shorts(right[0].double().mean(dim=(0, 1))),
                "bit_accuracy": shorts(right[0].double().mean(dim=(1, 2))),
                "factors": [shorts(pair) for pair in net.factors().detach()[:, :, 0].T],
            }
    return {"lengths": list(lengths), "nets": nets}


def trained_recurrence(net: LinearRecurrence, steps: int, lr: float, clip: float) -> LinearRecurrence:
    """Train all seeds at once; each has its own loss and its own clipping."""
    task, rng = ParityTask(TRAINED_ON), np.random.default_rng(0)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    for _ in range(steps):
        batch = task.batch(32, rng)
        logits = net(batch.inputs.squeeze(-1))
        targets = batch.targets.squeeze(-1).expand_as(logits)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        optimizer.zero_grad()
        loss.mean(dim=(1, 2)).sum().backward()
        norm = sum(weight.grad.square().sum(dim=(1, 2), keepdim=True) for weight in net.parameters()).sqrt()
        for weight in net.parameters():
            weight.grad *= (clip / (norm + 1e-6)).clamp(max=1)
        optimizer.step()
    return net


@torch.no_grad()
def right_bits(net: LinearRecurrence, length: int, strings: int) -> torch.Tensor:
    """Where the net is right on fresh strings: bool ``[seeds, strings, length]``."""
    batch = ParityTask(length).batch(strings, np.random.default_rng(length))
    return (net(batch.inputs.squeeze(-1)) > 0) == (batch.targets.squeeze(-1) > 0.5)
