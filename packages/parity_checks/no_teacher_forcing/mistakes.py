"""The usual mistakes in a loss, an update and a training loop, as variants of the reference implementation."""

import copy
import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from parity_checks.assertions import Mistakes, messages
from parity_checks.no_teacher_forcing import training_reference as reference
from parity_checks.no_teacher_forcing.labels import PARITY_MISTAKES, THE_END
from parity_checks.no_teacher_forcing.training_reference import THE_LOOP, THE_SEED, Network, clip, distance, parameters

WORDS = messages("no_teacher_forcing")
CLIPPING, LENGTHS = "gradient#Clipping", "data#Check yourself"
Variant = tuple[str, str, dict[str, Any]]       # what is said about a mistake, a section to read, and the settings

OPTIMIZERS: dict[str, Callable] = {
    **{f"torch.optim.{name}": getattr(torch.optim, name)
       for name in ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "NAdam", "RAdam", "Adamax")},
    "torch.optim.SGD with a momentum of 0.9": lambda weights, lr: torch.optim.SGD(weights, lr=lr, momentum=0.9)}


def _at(logits: Tensor, positions: Tensor) -> Tensor:
    return logits[torch.arange(len(logits)), positions, 0]


def _real(lengths: Tensor, logits: Tensor) -> Tensor:
    return torch.arange(logits.shape[1]) < lengths[:, None]


def _every(labels: Tensor, logits: Tensor) -> Tensor:
    return labels[:, None].expand(logits.shape[:2])


# The id of each mistake in the loss, and the loss of logits [batch, steps, 1], lengths and labels [batch].
LOSSES: tuple[tuple[str, Callable[[Tensor, Tensor, Tensor], Tensor]], ...] = (
    ("sum-not-mean", lambda o, n, y: cross_entropy(_at(o, n - 1), y, reduction="sum")),
    ("rounded-sigmoid", lambda o, n, y: binary_cross_entropy(_at(o, n - 1).sigmoid(), y)),
    ("loss-of-last-column", lambda o, n, y: cross_entropy(o[:, -1, 0], y)),
    ("one-early", lambda o, n, y: cross_entropy(_at(o, (n - 2).clamp(min=0)), y)),
    ("one-late", lambda o, n, y: cross_entropy(_at(o, n % o.shape[1]), y)),
    ("every-step", lambda o, n, y: cross_entropy(o[..., 0], _every(y, o))),
    ("every-step", lambda o, n, y: cross_entropy(o[..., 0][_real(n, o)], _every(y, o)[_real(n, o)])),
    ("sigmoid-twice", lambda o, n, y: cross_entropy(_at(o, n - 1).sigmoid(), y)),
    ("sigmoid-twice", lambda o, n, y: cross_entropy(_at(o, n - 1).sigmoid(), y, reduction="sum")),
    ("each-with-each", lambda o, n, y: cross_entropy(*torch.broadcast_tensors(_at(o, n - 1)[:, None], y))),
    ("labels-flipped", lambda o, n, y: cross_entropy(_at(o, n - 1), 1 - y)),
    ("loss-negative", lambda o, n, y: -cross_entropy(_at(o, n - 1), y)),
    ("squared-error", lambda o, n, y: ((_at(o, n - 1).sigmoid() - y) ** 2).mean()),
    ("squared-error", lambda o, n, y: ((_at(o, n - 1) - y) ** 2).mean()),
    ("absolute-error", lambda o, n, y: (_at(o, n - 1) - y).abs().mean()),
    ("absolute-error", lambda o, n, y: (_at(o, n - 1).sigmoid() - y).abs().mean()),
    ("arguments-swapped", lambda o, n, y: cross_entropy(y, _at(o, n - 1))),
    ("same-step-for-all", lambda o, n, y: cross_entropy(o[:, 0, 0], y)),
    ("same-step-for-all", lambda o, n, y: cross_entropy(_at(o, n.max().expand(len(n)) - 1), y)),
    ("mean-of-logits", lambda o, n, y: cross_entropy(o[..., 0].mean(dim=1), y)),
    ("mean-over-lengths", lambda o, n, y: cross_entropy(_at(o, n - 1), y, reduction="sum") / n.sum()),
    ("mean-over-lengths", lambda o, n, y: cross_entropy(_at(o, n - 1), y, reduction="sum") / o.shape[1]))


def loss_mistakes(*arguments: Tensor) -> Mistakes:
    """Yield the losses of logits, lengths and labels that result from common mistakes."""
    return ((loss(*arguments), WORDS[mistake]) for mistake, loss in LOSSES)


# Groups of parameters that are clipped one by one: the modules, the arrays, or one module alone.
GROUPS: tuple[Callable[[Network], list], ...] = (
    lambda network: [list(module.parameters()) for module in network],
    lambda network: [[parameter] for parameter in parameters(network)],
    lambda network: [list(network[0].parameters())], lambda network: [list(network[1].parameters())])


def of_update() -> Iterator[Variant]:
    """Yield variants of one update, whose settings are options of :func:`.training_reference.update`."""
    yield WORDS["zero-grad-missing"], THE_LOOP, {"zero": ()}
    for kept, name in ((1, "readout"), (0, "recurrent layer")):
        yield WORDS["zero-grad-of-one"].format(name=name), THE_LOOP, {"zero": (1 - kept,)}
    yield WORDS["not-clipped"], CLIPPING, {"clip": lambda network: None}
    yield (WORDS["clipped-by-value"], CLIPPING,
           {"clip": lambda network: nn.utils.clip_grad_value_(parameters(network), 1.0)})
    for groups in GROUPS:
        yield WORDS["clipped-apart"], CLIPPING, {"clip": partial(clip, groups=groups)}
    yield WORDS["norm-always-one"], CLIPPING, {"scale": 1e6}
    for bound in (0.01, 0.1, 0.25, 0.5, 2.0, 3.0, 5.0, 10.0, 100.0):
        yield WORDS["clipped-elsewhere"].format(bound=bound), CLIPPING, {"clip": partial(clip, bound=bound)}


def cause_of_update(network: Network, starts: list[Tensor], batches: list[tuple], after: Tensor, expected: Tensor,
                    states: Iterable[Any] = itertools.repeat(None), **options: Any) -> str:
    """Return the likely cause of a wrong update of SGD, the last of those that begin with the weights ``starts``.

    ``states`` are the first states of the batches, and the ``options`` those of :func:`.training_reference.update`.
    """
    own, correct = after - starts[-1], expected - starts[-1]
    ratio = float(own @ correct / (correct @ correct))
    if still := unmoved(network, starts[-1], after):
        return still if len(starts) == 1 else WORDS["update-left-out"]
    for words, _, changes in of_update():
        other = copy.deepcopy(network)
        for start, batch, state in zip(starts, batches, states, strict=False):
            reference.set_weights(other, start)
            reference.update(other, torch.optim.SGD(parameters(other), lr=reference.RATE_OF_STEPS), batch,
                             state=state, **options | changes)
        if distance(after, reference.weights_of(other)) < 1e-6 + 1e-3 * float(own.abs().mean()):
            return words
    if distance(own, ratio * correct) < 1e-3 * distance(own, 0 * own):
        return WORDS["wrong-length"].format(ratio=ratio)
    return WORDS["update-unexplained"]


def unmoved(network: Network, before: Tensor, after: Tensor) -> str:
    """Return a hint if an update has not changed the weights of the recurrent layer, or those of the readout."""
    size = sum(parameter.numel() for parameter in network[0].parameters())
    layer, readout = (distance(before[part], after[part]) > 0 for part in (slice(size), slice(size, None)))
    if layer and readout:
        return ""
    return WORDS["readout-still" if layer else "lstm-still" if readout else "nothing-moved"]


def of_loop(seed: int, min_length: int, longest: int) -> Iterator[Variant]:
    """Yield variants of a whole loop, whose settings are those of :class:`.training_reference.Loop`."""
    yield from of_update()
    for mistake, loss in LOSSES:
        yield WORDS[mistake], THE_END, {"loss": loss}
    for mistake, label in PARITY_MISTAKES:
        yield WORDS[mistake], THE_END, {"label": label}
    for size in (1, 8, 16, 32, 50, 60, 63, 65, 100, 128, 256):
        yield WORDS["other-batch"].format(batch=size), THE_LOOP, {"batch": size}
    if min_length != 1:
        yield WORDS["min-length-unused"], LENGTHS, {"min_length": 1}
    for low, high in ((min_length, longest - 1), (min_length, longest + 1), (min_length + 1, longest),
                      (longest, longest), (min_length, min_length), (min_length + 1, longest + 1)):
        yield (WORDS["other-lengths"].format(low=low, high=high), LENGTHS,
               {"min_length": low, "longest": high})
    for other in {0, 1, 42, seed + 1} - {seed}:
        yield WORDS["rng-not-from-seed"].format(other=other), THE_SEED, {"rng_seed": other}
    for number in (1, 2):
        yield WORDS["drawn-before"].format(number=number), THE_SEED, {"thrown_away": number}
    for mistake, see, changes in (
            ("same-strings", THE_SEED, {"renewed": "rng"}), ("optimiser-renewed", THE_LOOP, {"renewed": "optimizer"}),
            ("state-carried", THE_LOOP, {"carry": True}), ("batch-twice", THE_LOOP, {"repeats": 2}),
            ("bits-recoded", THE_LOOP, {"coded": lambda bits: 2 * bits - 1}),
            ("bits-recoded", THE_LOOP, {"coded": lambda bits: 1 - bits}),
            ("bits-reversed", THE_LOOP, {"coded": lambda bits: np.flip(bits, 1).copy()})):
        yield WORDS[mistake], see, changes
