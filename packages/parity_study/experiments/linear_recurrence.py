"""Does a linear recurrence need negative factors to compute parity?

The factors are between 0 and 1, or between -1 and 1.

:class:`LinearRecurrence` is trained by Adam on batches of 32 strings of 50 bits, with a label at every time step.
Returns ``{"lengths", "nets": {"sigmoid 1" | "tanh 1" | "sigmoid 8" | "tanh 8": {"seeds", "solved", "exact", "by_step",
"bit_accuracy", "factors"}}}``. The names contain the number of channels. ``exact`` counts, for each length, the
networks that are correct at every bit of all strings, and ``solved`` is its first entry. At the first length,
``by_step`` is the accuracy at each time step, averaged over the seeds, and ``bit_accuracy`` is the accuracy of each
seed. ``factors`` contains [a(0), a(1)] of the first channel for each seed.
"""

from typing import Any

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_study.experiments.summaries import rounded
from parity_study.trained_networks import TRAINED_ON

QUICK: dict[str, Any] = {"seeds": 2, "steps": 2, "lengths": (75, 80), "strings": 4}


class LinearRecurrence(torch.nn.Module):
    """A recurrent network of independent linear channels.

    The channels are ``h_t = a(x_t) h_{t-1} + u(x_t)``, and their weighted sum is the logit. ``factor`` determines the
    range of a: between 0 and 1 for ``"sigmoid"``, between -1 and 1 for ``"tanh"``. A single channel starts at 1 and has
    no u; several channels have a u each. ``seeds`` independent networks are computed together.

    >>> LinearRecurrence(channels=1, factor="tanh", seeds=3)(torch.zeros(2, 7)).shape
    torch.Size([3, 2, 7])
    """

    def __init__(self, channels: int, factor: str, seeds: int = 1, seed: int = 0) -> None:
        super().__init__()
        self.channels, self.activation = channels, torch.sigmoid if factor == "sigmoid" else torch.tanh
        generator = torch.Generator().manual_seed(seed)
        # The values of a for the bits 0 and 1 before the activation, the weights and the bias of the logit, and u.
        names = ("after_0", "after_1", "readout", "threshold") + (("add_0", "add_1") if channels > 1 else ())
        for name in names:
            size = (seeds, 1, 1) if name == "threshold" else (seeds, 1, channels)
            values = (2 * torch.rand(size, generator=generator) - 1) / channels**0.5
            self.register_parameter(name, torch.nn.Parameter(values))

    def factors(self) -> torch.Tensor:
        """Return the factors ``a(0)`` and ``a(1)`` of all channels."""
        return torch.stack([self.activation(self.get_parameter(f"after_{bit}")) for bit in (0, 1)]).squeeze(2)

    def forward(self, bits: torch.Tensor) -> torch.Tensor:
        """Return the logits ``[seeds, batch, steps]`` for ``bits [batch, steps]``."""
        is_one = bits[..., None] > 0.5
        h, states = torch.ones_like(self.get_parameter("readout")), []
        a = [self.activation(self.get_parameter(f"after_{bit}")) for bit in (0, 1)]
        for t in range(bits.shape[1]):
            h = torch.where(is_one[:, t], a[1], a[0]) * h
            if self.channels > 1:
                h = h + torch.where(is_one[:, t], self.get_parameter("add_1"), self.get_parameter("add_0"))
            states.append(h)
        weighted = torch.stack(states, 2) * self.get_parameter("readout")[:, :, None]
        return weighted.sum(-1) + self.get_parameter("threshold")


def run(seeds: int = 20, steps: int = 600, lr: float = 0.03, clip: float = 0.25,
        lengths: tuple[int, ...] = (75, 1000), strings: int = 500) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for channels in (1, 8):
        for factor in ("sigmoid", "tanh"):
            network = train_recurrence(LinearRecurrence(channels, factor, seeds), steps, lr, clip)
            correct = [find_correct_bits(network, length, strings) for length in lengths]
            exact = [int(bits.all(dim=2).all(dim=1).sum()) for bits in correct]
            results[f"{factor} {channels}"] = {
                "seeds": seeds, "solved": exact[0], "exact": exact,
                "by_step": rounded(correct[0].double().mean(dim=(0, 1))),
                "bit_accuracy": rounded(correct[0].double().mean(dim=(1, 2))),
                "factors": rounded(network.factors().detach()[:, :, 0].T),
            }
    return {"lengths": list(lengths), "nets": results}


def train_recurrence(network: LinearRecurrence, steps: int, lr: float, clip: float) -> LinearRecurrence:
    """Train the linear recurrences of all seeds together, but clip the gradient of each one separately."""
    task, rng = ParityTask(TRAINED_ON), np.random.default_rng(0)
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    for _ in range(steps):
        batch = task.batch(32, rng)
        logits = network(batch.inputs.squeeze(-1))
        targets = batch.targets.squeeze(-1).expand_as(logits)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        optimizer.zero_grad()
        loss.mean(dim=(1, 2)).sum().backward()
        gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
        norm = sum((part.square().sum(dim=(1, 2), keepdim=True) for part in gradients), torch.zeros(())).sqrt()
        for gradient in gradients:
            gradient *= (clip / (norm + 1e-6)).clamp(max=1)
        optimizer.step()
    return network


@torch.no_grad()
def find_correct_bits(network: LinearRecurrence, length: int, strings: int) -> torch.Tensor:
    """Return a mask ``[seeds, strings, length]`` of the correct answers to new strings."""
    batch = ParityTask(length).batch(strings, np.random.default_rng(length))
    return (network(batch.inputs.squeeze(-1)) > 0) == (batch.targets.squeeze(-1) > 0.5)
