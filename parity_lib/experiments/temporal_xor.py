"""Can a net predict the next bit of a stream where each third bit is the XOR of the two before it?

The tanh recipe, told the next bit at every step and nothing else. Returns
``{"seeds", "solved": seeds with every third bit of 500 fresh streams right,
"loss": [a seed each: [first, second, third bit of a triple]], "by_bit":
[the median loss over seeds at each of the bits 2, 3, ... ``shown``],
"third_right": [a seed each]}``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from parity_lib.data import random_bits
from parity_lib.experiments.nets import RECIPES
from parity_lib.experiments.summaries import shorts
from parity_lib.models import ParityRNN

QUICK: dict[str, Any] = {"seeds": 1, "steps": 4}


def xor_stream(count: int, triples: int, rng: np.random.Generator) -> torch.Tensor:
    """Streams in which two random bits and their XOR follow each other: ``float32 [count, 3 * triples, 1]``.

    J. L. Elman, *Cognitive Science* 14, 1990.

    >>> a, b, c, *_ = xor_stream(1, 2, np.random.default_rng(0)).flatten().tolist()
    >>> (a != b) == (c == 1)
    True
    """
    pairs = random_bits(count, 2 * triples, rng).reshape(count, triples, 2)
    bits = np.concatenate([pairs, pairs[..., :1] ^ pairs[..., 1:]], axis=-1)
    return torch.from_numpy(bits.reshape(count, -1, 1).astype(np.float32))


def run(seeds: int = 20, steps: int = 600, triples: int = 20, tested: int = 40,
        shown: int = 24) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    net, settings = RECIPES["tanh 16"]
    losses, right = [], []
    for seed in range(seeds):
        model, rng = ParityRNN(**net, seed=seed), np.random.default_rng(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=settings["lr"])
        for _ in range(steps):
            stream = xor_stream(32, triples, rng)
            loss = next_bit_loss(model, stream)[0].mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
            optimizer.step()
        with torch.no_grad():
            loss, correct = next_bit_loss(model, xor_stream(500, tested, rng))
        losses.append(loss.mean(dim=0).numpy())
        right.append(correct[:, 1::3].double().mean().item())  # bit 3 is the second that is predicted
    losses = np.array(losses)
    return {"seeds": seeds, "solved": sum(share == 1 for share in right),
            "loss": [shorts(row) for row in np.stack([losses[:, place::3].mean(axis=1) for place in (2, 0, 1)], 1)],
            "by_bit": shorts(np.median(losses, axis=0)[:shown - 1]), "third_right": shorts(right)}


def next_bit_loss(model: ParityRNN, stream: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss of predicting bits 2, 3, ... and whether the likelier value was right: ``[count, steps - 1]``."""
    logits, following = model(stream[:, :-1]).squeeze(-1), stream[:, 1:].squeeze(-1)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, following, reduction="none")
    return loss, (logits > 0) == (following > 0.5)
