"""The training loop of *Without teacher forcing*, replayed: each step as it should be, or with one known slip.

A step begins from the student's own weights before it, so nothing is left to luck: the step is the task's, or one of
the slips explains it, whether or not the net would learn in spite of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.checks.constants import PUBLISHED, constant, counted, is_published, said

THE_END, THE_LOSS = "packing#the-last-real-step", "training#a-loss-for-a-yes-or-no"
THE_LOOP, THE_LABEL = "training#the-loop-line-by-line", "training#what-is-the-label"
THE_SEED = "data#seeds-and-a-generator-that-fools-you"

NAME = "no_teacher_forcing"
HIDDEN, LONGEST = 8, 10
STEP_RATE = 0.5     # of the plain SGD in the check of train_step
RATE = 0.03
NEAR = 2e-4     # on average over the weights, which move by about RATE: one of them may go the other way


# ---------------------------------------------------------------- strings and nets


def cut_parity(bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The label of each row as it was cut: the parity of its first ``lengths[i]`` bits."""
    real = np.arange(bits.shape[1]) < lengths[:, None]
    return says((counts(bits) * real).sum(axis=1))


counts, says = partial(counted, NAME), partial(said, NAME)


def clip() -> float:
    """The largest norm of a gradient."""
    return constant(NAME, "clip")


def batch_size() -> int:
    """Strings in a batch of the task's loop."""
    return constant(NAME, "strings")


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor, **options: Any) -> torch.Tensor:
    """The mean cross-entropy on logits, with natural logarithms or to the base of a variant."""
    base = constant(NAME, "base")
    natural = binary_cross_entropy_with_logits(logits, labels, **options)
    return natural if base is None else natural / np.log(base)


def tensors(bits: np.ndarray, lengths: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, ...]:
    """A batch as a net takes it: inputs ``[batch, steps, 1]``, lengths and labels ``[batch]``."""
    inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
    return inputs, torch.from_numpy(lengths), torch.from_numpy(labels.astype(np.float32))


def new_net() -> tuple[nn.LSTM, nn.Linear]:
    """An LSTM and its readout, of the task's size."""
    # In float32, whatever the notebook has made the default.
    return nn.LSTM(1, HIDDEN, batch_first=True, dtype=torch.float32), nn.Linear(HIDDEN, 1, dtype=torch.float32)


def started(seed: int) -> list[torch.Tensor]:
    """The weights of new modules after ``torch.manual_seed(seed)``, made in the usual order."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return weights_of(new_net())


def fresh_from(seed: int, weights: list[torch.Tensor]) -> bool:
    """Whether these are weights that nothing has moved yet, as far as one can tell."""
    return apart(weights, started(seed)) < 1e-6


def weights_of(net: Iterable[nn.Module]) -> list[torch.Tensor]:
    """Copies of all parameters, module by module."""
    return [parameter.detach().clone() for module in net for parameter in module.parameters()]


# ---------------------------------------------------------------- one step


def steps(nets: list, batches: list, slip: str = "", rule: type = torch.optim.SGD,
           rate: float = STEP_RATE) -> tuple[list, list]:
    """The weights after each batch and its loss, as they should be or with one known slip.

    Each step begins from the student's own weights before it, ``nets[n]``, so
    that rounding does not add up.
    """
    lstm, readout = new_net()
    parameters = [*lstm.parameters(), *readout.parameters()]
    optimizer = rule(parameters, lr=rate)
    weights, losses, carried = [], [], None
    for before, (inputs, lengths, labels) in zip(nets, batches, strict=False):
        with torch.no_grad():
            for parameter, value in zip(parameters, before, strict=True):
                parameter.copy_(value)
        states, last = lstm(2 * inputs - 1 if slip == "signs" else inputs, carried)
        if slip == "carried":
            carried = tuple(part.detach() for part in last)
        logits = readout(states.detach() if slip == "detach" else states)[..., 0]
        if slip in ("each bit", "each column"):
            labels = says(counts(inputs[..., 0]).cumsum(1))
        loss = _slipped_loss(logits, lengths, labels, slip)
        if slip != "keep":
            optimizer.zero_grad()
        loss.backward()
        if slip == "value":
            nn.utils.clip_grad_value_(parameters, clip())
        for part in {"apart": [lstm.parameters(), readout.parameters()], "lstm clipped": [lstm.parameters()],
                     "readout clipped": [readout.parameters()]}.get(slip, [parameters]):
            nn.utils.clip_grad_norm_(part, 1e9 if slip in ("unclipped", "value") else
                                     PUBLISHED[NAME]["clip"] if slip == "published clip" else clip())
        if slip == "forgets":
            optimizer = rule(parameters, lr=rate)
        if slip == "lstm only":
            readout.zero_grad()
        if slip != "still":
            optimizer.step()
        weights.append(weights_of((lstm, readout)))
        losses.append(loss.item())
    return weights, losses


def _slipped_loss(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor, slip: str) -> torch.Tensor:
    if slip == "column":
        return cross_entropy(logits[:, -1], labels)
    if slip == "each bit":
        real = torch.arange(logits.shape[1]) < lengths[:, None]
        return cross_entropy(logits[real], labels[real])
    if slip == "each column":
        return cross_entropy(logits, labels)
    if slip == "every":
        return cross_entropy(logits, labels[:, None].expand(logits.shape))
    loss = right_loss(logits[..., None], lengths, 1 - labels if slip == "swapped" else labels)
    return loss * len(labels) if slip == "sum" else loss


def right_loss(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy of the answers at the last real steps."""
    return cross_entropy(logits[torch.arange(len(logits)), lengths - 1, 0], labels)


PER_STEP = ("every bit has a label here, which is what the task takes away: one label a string, at its last real "
            "step")
CLIPPED_APART = ("the LSTM and the readout were clipped one by one, or the LSTM alone; the norm is that of the whole "
                 "gradient, all parameters together")
STEP_SLIPS = {
    "keep": ("old gradients stay in the sum: `optimizer.zero_grad()` is missing", THE_LOOP),
    "still": (
        "nothing moved: are `loss.backward()` and `optimizer.step()` both there, `zero_grad()` before `backward()`, "
        "and does the optimiser hold these parameters?", THE_LOOP),
    "detach": (
        "the LSTM did not move, only the readout: the states were detached, or the optimiser does not hold the LSTM's "
        "parameters", THE_LOOP),
    "unclipped": (
        "the gradient is not clipped to a norm of 1: torch.nn.utils.clip_grad_norm_(parameters, 1.0), after backward "
        "(`clip_grad_value_` clips its elements, which is another thing)", THE_LOOP),
    "readout clipped": ("only the readout's gradient is clipped; the norm is that of the whole gradient", THE_LOOP),
    "apart": (CLIPPED_APART, THE_LOOP),
    "lstm clipped": (CLIPPED_APART, THE_LOOP),
    "carried": ("the hidden state of the last batch was carried into this one; every batch starts from zero", THE_LOOP),
    "column": ("the last column is read, not the last real step", THE_END),
    "every": ("the label is compared with every step", THE_LABEL),
    "each bit": (PER_STEP, THE_LABEL),
    "each column": (PER_STEP, THE_LABEL),
    "signs": ("the bits are turned into -1 and +1; here they go in as they are, 0 and 1", THE_LABEL),
    "value": ("every element of the gradient was clipped; `clip_grad_norm_` scales the whole gradient", THE_LOOP),
    "sum": ("the loss is summed over the strings; take the mean", THE_LOSS),
    "swapped": ("odd and even are swapped in the labels", THE_LOSS),
}


def _step_slips() -> dict[str, tuple[str, str]]:
    """STEP_SLIPS, with the numbers of a variant in the words."""
    if is_published(NAME, "clip"):
        return STEP_SLIPS
    words = (f"the gradient is not clipped to a norm of {clip():g}: clip_grad_norm_ of all parameters, after backward",
             THE_LOOP)
    return STEP_SLIPS | {"unclipped": words, "published clip": words}


def why_not_a_step(nets: list, losses: list[float], batches: list) -> tuple[str, str]:
    """Words for the slip that explains these steps, and the section to read."""
    return _likely(_step_slips(), partial(_is_step, nets, losses, batches))


def _is_step(nets: list, losses: list[float], batches: list, slip: str) -> bool:
    """Whether this slip gives the student's weights and losses, for every batch so far."""
    slipped, slipped_losses = steps(nets, batches, slip)
    return (all(furthest(got, one) < 1e-3 for got, one in zip(nets[1:], slipped, strict=True))
            and near(losses, slipped_losses))


def near(some: Any, others: Any) -> bool:
    """Whether two losses, or lists of them, are the same but for rounding."""
    return np.allclose(some, others, rtol=1e-3, atol=1e-4)


def furthest(some: list[torch.Tensor], others: list[torch.Tensor]) -> float:
    """The largest difference between two nets' weights; infinite where one is no number."""
    off = max(float((one - other).abs().max()) for one, other in zip(some, others, strict=True))
    return off if np.isfinite(off) else float("inf")


def _likely(slips: dict[str, tuple[str, str]], fits: Callable[[str], bool]) -> tuple[str, str]:
    """The words of the first known slip that fits what the student's code did, and the section to read."""
    return next((found for slip, found in slips.items() if fits(slip)), ("", THE_LOOP))


# ---------------------------------------------------------------- the whole loop


def loop(nets: list, seed: int, slip: str = "", rule: type = torch.optim.Adam) -> list:
    """The weights after each of the task's first steps, as they should be or with one known slip."""
    rng, batches = np.random.default_rng(0 if slip == "another seed" else seed), []
    strings, shortest = int(slip) if slip.isdigit() else batch_size(), LONGEST if slip == "longest" else 1
    for _ in nets:
        if slip == "again":
            rng = np.random.default_rng(seed)
        early = rng.integers(shortest, LONGEST, strings, endpoint=True) if slip == "lengths first" else None
        bits = rng.integers(2, size=(strings, LONGEST))
        lengths = rng.integers(shortest, LONGEST, strings, endpoint=True) if early is None else early
        batches.append(tensors(bits, lengths, says(counts(bits).sum(axis=1)) if slip == "uncut" else
                               cut_parity(bits, lengths)))
    return steps(nets[:-1], batches[1:] if slip == "ahead" else batches, slip, rule, RATE)[0]


LOOP_SLIPS = {
    "uncut": ("the label is that of the string before it was cut", THE_END),
    "longest": ("every string has the full length: the argument `min_length` does not reach `draw`", THE_LABEL),
    "again": ("every step has the same strings: make `rng` once, before the loop, and draw in the loop", THE_SEED),
    "ahead": ("the strings are those of a later draw: `rng` is used once before the loop", THE_SEED),
    "another seed": ("the strings do not come from the argument `seed`: rng = np.random.default_rng(seed)", THE_SEED),
    "lengths first": ("the lengths are drawn before the bits; `draw` does it the other way round", THE_SEED),
    "forgets": ("the optimiser is made anew for every step, and Adam forgets: make it once, before the loop", THE_LOOP),
    "lstm only": ("only the LSTM moved: the optimiser does not hold the readout's parameters", THE_LOOP),
}
OTHER_SIZES = (1, 16, 32, 50, 63, 64, 65, 100, 128, 256)


def why_not_the_loop(nets: list, seed: int) -> tuple[str, str]:
    """Words for the last of these steps, the first that is wrong, and the section to read."""
    rate = _rate_hint(nets, seed)
    sizes = {str(strings): (f"a batch has {strings} strings, not {batch_size()}", THE_LOOP)
             for strings in OTHER_SIZES if strings != batch_size()}
    return (rate, THE_LOOP) if rate else _likely(_step_slips() | LOOP_SLIPS | sizes, partial(_is_loop, nets, seed))


def _is_loop(nets: list, seed: int, slip: str) -> bool:
    """Whether this slip gives the student's weights, for every step so far."""
    return all(apart(got, one) < NEAR for got, one in zip(nets[1:], loop(nets, seed, slip), strict=True))


def _rate_hint(nets: list, seed: int) -> str:
    """Words for a last step in the right direction, of Adam or of plain SGD, but of another size."""
    for rule in (torch.optim.Adam, torch.optim.SGD):
        moved, right = (torch.cat([(one - before).ravel() for one, before in zip(after, nets[-2], strict=True)])
                        for after in (nets[-1], loop(nets, seed, rule=rule)[-1]))
        times = float(moved @ right / (right @ right))
        as_asked = rule is torch.optim.Adam and abs(times - 1) < 0.05
        if not as_asked and (moved - times * right).abs().mean() < 0.01 * moved.abs().mean():
            return f"these are steps of {rule.__name__} at a rate of {times * RATE:.2g}; asked is Adam at {RATE}"
    return ""


def apart(some: list[torch.Tensor], others: list[torch.Tensor]) -> float:
    """How far apart two nets are: the mean over all weights, since one that hardly matters may go either way."""
    off = float(torch.cat([(one - other).abs().ravel() for one, other in zip(some, others, strict=True)]).mean())
    return off if np.isfinite(off) else float("inf")
