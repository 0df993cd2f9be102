"""Can a network learn that every third bit is the XOR of the previous two?

The network of the tanh recipe is trained to predict the next bit at every time step. Returns ``{"seeds", "solved": the
number of seeds with every third bit of 500 new streams correct, "loss": [of each seed: [first, second, third bit of a
triple]], "by_bit": [the median loss over the seeds at the bits 2, 3, ..., ``shown``], "third_right": [the share of
correct third bits of each seed]}``.
"""

from typing import Any

import numpy as np
import torch

from parity_lib.data import random_bits
from parity_lib.models import ParityRNN
from parity_study.experiments.summaries import rounded
from parity_study.experiments.trained_networks import RECIPES

QUICK: dict[str, Any] = {"seeds": 1, "steps": 4}


def xor_stream(count: int, triples: int, rng: np.random.Generator) -> torch.Tensor:
    """Draw streams in which each pair of random bits is followed by its XOR.

    The streams are float32, ``[count, 3 * triples, 1]``. Source: J. L. Elman, *Cognitive Science* 14, 1990.

    >>> a, b, c, *_ = xor_stream(1, 2, np.random.default_rng(0)).flatten().tolist()
    >>> (a != b) == (c == 1)
    True
    """
    pairs = random_bits(count, 2 * triples, rng).reshape(count, triples, 2)
    bits = np.concatenate([pairs, pairs[..., :1] ^ pairs[..., 1:]], axis=-1)
    return torch.from_numpy(bits.reshape(count, -1, 1).astype(np.float32))


def run(seeds: int = 20, steps: int = 600, triples: int = 20, tested: int = 40,
        shown: int = 24, first_seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    network, settings = RECIPES["tanh 16"]
    losses, third_correct = [], []
    for seed in range(first_seed, first_seed + seeds):
        model, rng = ParityRNN(**network, seed=seed), np.random.default_rng(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=settings["lr"])
        for _ in range(steps):
            loss = next_bit_loss(model, xor_stream(32, triples, rng))[0].mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
            optimizer.step()
        with torch.no_grad():
            loss, correct = next_bit_loss(model, xor_stream(500, tested, rng))
        losses.append(loss.mean(dim=0).numpy())
        # The second predicted bit is the third bit of a triple.
        third_correct.append(correct[:, 1::3].double().mean().item())
    by_bit = np.array(losses)
    return {"seeds": seeds, "solved": sum(share == 1 for share in third_correct),
            "loss": rounded(np.stack([by_bit[:, place::3].mean(axis=1) for place in (2, 0, 1)], 1)),
            "by_bit": rounded(np.median(by_bit, axis=0)[:shown - 1]), "third_right": rounded(third_correct)}


def next_bit_loss(model: ParityRNN, stream: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the loss for each predicted bit of a stream, and a mask of the correct predictions."""
    logits, following = model(stream[:, :-1]).squeeze(-1), stream[:, 1:].squeeze(-1)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, following, reduction="none")
    return loss, (logits > 0) == (following > 0.5)
