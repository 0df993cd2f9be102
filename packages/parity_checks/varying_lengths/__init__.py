"""Checks for the exercise *Varying lengths*."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from parity_checks import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_checks.assertions import Mistakes, Query, agree, likely_cause, messages, show, with_other
from parity_checks.core import call_gradient, replaced_if_wrong
from parity_checks.plain_data import ModuleState, is_tensor, kind_of
from parity_checks.varying_lengths.drawn_lengths import random_lengths  # noqa: F401

if TYPE_CHECKING:
    import torch
    from torch import nn

WORDS = messages("varying_lengths")
READY_MASK = ("parity_lib.padding:length_mask",)
READY_PACKING = ("parity_lib.padding:pack", "parity_lib.padding:unpack", "parity_lib.models:ParityRNN.hidden_states")
RECTANGLE, PACKING = "packing#A rectangle for ragged strings", "packing#Packing"
BEFORE, GRADIENT = "packing#The last real step", "gradient#Cut short"
BATCH_FIRST, PAIR = WORDS["batch-first"], WORDS["pair"]
PACKING_CAUSES = {
    "'tuple' object": PAIR, "'batch_sizes'": PAIR, "than 0, but found": WORDS["lengths-changed"],
    "enforce_sorted": WORDS["unsorted"], "PackedSequence": WORDS["still-packed"],
    **dict.fromkeys(("len(lengths)", "exceeds dimension size", "batch_size"), BATCH_FIRST)}
READY_MEAN = ("parity_lib.training:masked_loss", "parity_lib.padding:masked_mean", "parity_lib.padding:masked_values")
LOSS, KNOWS_NOTHING = "packing#The loss lies too", "packing#A network that knows nothing"
ON_LOGITS, SELECT = "training#A loss for a yes-or-no answer", "packing#Select first, then take the loss"
SHAPE_CAUSES = {"infer output dtype": WORDS["bool-mean"], "used as indices": WORDS["mask-of-numbers"]} | dict.fromkeys(
    ("must match", "broadcast", "same as input size", "does not match", "shape"), WORDS["axes-of-mask"])


@check("length_mask: True on real positions, in as many columns as max_bits says")
def length_mask(seed: int = 0) -> None:
    """Check ``length_mask(lengths, max_bits, padding)``, which returns bool values ``[batch, max_bits]``."""
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(6, 20))
    cases = [(np.array([3, 1, 5, 2]), 5), (np.array([2, 7, 4]), 10), (np.array([1]), 1), (np.array([4, 4, 4, 4]), 4),
             (rng.integers(1, longest, size=9), longest + int(rng.integers(3)))]
    for lengths, max_bits, *padding in [(*case, *side) for side in ((), ("after",), ("before",)) for case in cases]:
        arguments = ", ".join([show(lengths, 60), str(max_bits), *map(repr, padding)])
        query = Query(f"length_mask({arguments})", BEFORE if padding == ["before"] else RECTANGLE)
        result = query.call("length_mask", lengths, max_bits, *padding, forbid=READY_MASK,
                            causes=dict.fromkeys(("broadcast", "must match"), WORDS["second-axis"]))
        got = query.as_array(result, (len(lengths), max_bits), "bool", shape_hints={
            (len(lengths), lengths.max()): WORDS["as-wide-as-longest"]})
        given = lengths, max_bits, padding == ["before"]
        query.require_equal(got, _mask(*given), WORDS["mask-unexplained"], [
            *WORDS.made(_mask, *given), *with_other(partial(_mask, max_bits=max_bits, before=given[2]), lengths)])
        query.require_unchanged("length_mask", {"lengths": lengths, "max_bits": max_bits,
                                                **dict(zip(["padding"], padding, strict=False))}, forbid=READY_MASK)


def _mask(lengths: np.ndarray, max_bits: int, before: bool) -> np.ndarray:
    position, length = np.arange(max_bits), lengths[:, None]
    return position >= max_bits - length if before else position < length


@check("run_packed: the states of nn.RNN, rows in their order, zeros on padding")
def run_packed(seed: int = 0) -> None:
    """Check ``run_packed(rnn, inputs, lengths)`` for inputs ``[batch, steps, 1]``. It returns ``[batch, steps, H]``."""
    import torch

    rng = np.random.default_rng(seed)
    longest = int(rng.integers(40, 60))
    cases = [(5, np.array([2, 5, 1, 3]), 3), (9, np.array([4, 2, 6]), 2), (4, np.array([4, 4, 4]), 3),
             (3, np.array([1]), 1), (longest + 2, rng.integers(1, longest, size=7), 4)]
    for number, (steps, lengths, hidden) in enumerate(cases):
        rnn = torch.nn.RNN(1, hidden, batch_first=True).requires_grad_(False)
        for parameter in rnn.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(scale=0.5, size=tuple(parameter.shape))))
        inputs = torch.from_numpy(rng.integers(2, size=(len(lengths), steps, 1))).float()
        text = f"run_packed with lengths {show(lengths, 60)} and inputs of shape {tuple(inputs.shape)}"
        for again in ((False, True) if number == 0 else (False,)):
            query = Query(text + ", a second time" * again, PACKING)
            result = query.call("run_packed", ModuleState.of(rnn), inputs, lengths, forbid=READY_PACKING,
                                causes=PACKING_CAUSES)
            _compare_states(query, result, rnn(inputs)[0].numpy(), lengths, again)
    query.require_unchanged("run_packed", {"rnn": ModuleState.of(rnn), "inputs": inputs, "lengths": lengths},
                            forbid=READY_PACKING)
    _require_gradients(rnn.requires_grad_(True), inputs, lengths)


def _compare_states(query: Query, result: Any, unmasked: np.ndarray, lengths: np.ndarray, again: bool) -> None:
    batch, steps, hidden = unmasked.shape
    if isinstance(result, (tuple, list)):
        query.fail("one tensor", f"a {type(result).__name__} of {len(result)}", PAIR)
    got = query.as_array(result, unmasked.shape, shape_hints={
        (batch, lengths.max(), hidden): WORDS["rectangle-shrank"],
        (steps, batch, hidden): BATCH_FIRST, (lengths.max(), batch, hidden): BATCH_FIRST,
        (batch, hidden): WORDS["last-states"], (1, batch, hidden): WORDS["last-states"]})

    def masked(lengths: np.ndarray) -> np.ndarray:
        return unmasked * (np.arange(steps) < lengths[:, None])[..., None]

    expected = masked(lengths)
    if again:
        query.require_close(got, expected, WORDS["state-kept"])
    rows = [sorted(states.reshape(batch, -1).round(4).tolist()) for states in (got, expected)]
    hint = WORDS["rows-permuted"] if rows[0] == rows[1] else ""
    query.require_close(got, expected, hint, [*WORDS.of({
        "states-on-padding": [unmasked], "only-lengths-sorted": [masked(np.sort(lengths)[::-1])],
        "one-state-too-many": [masked(lengths + 1)],
        "one-state-too-few": [masked(lengths - 1), masked(np.maximum(lengths - 1, 1))],
        "padding-not-zero": [np.where(expected, unmasked, got)]}), *with_other(masked, lengths)])


def _require_gradients(rnn: nn.RNN, inputs: torch.Tensor, lengths: np.ndarray) -> None:
    import torch

    real = (torch.arange(inputs.shape[1]) < torch.from_numpy(lengths)[:, None])[..., None]
    upstream = torch.linspace(-1, 1, real.numel() * rnn.hidden_size).reshape(*real.shape[:2], rnn.hidden_size)
    query = Query("the gradient of run_packed at the weights of the layer", GRADIENT)
    cut = WORDS["weights-cut-off"]
    gradients = query.call("run_packed", ModuleState.of(rnn), inputs, lengths, by=call_gradient,
                           output_gradient=upstream, forbid=READY_PACKING, causes={"no gradient": cut})
    rnn(inputs)[0].backward(upstream * real)
    for name, parameter in rnn.named_parameters():
        query.part(name).require_close(gradients.get(name, 0), parameter.grad, cut, tolerance=1e-3)


class MaskedLogits(NamedTuple):
    """A test case with logits, targets and a mask, each ``[batch, steps]``."""

    description: str
    logits: np.ndarray
    targets: np.ndarray
    mask: np.ndarray

    @property
    def arguments(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The logits, targets and mask as PyTorch tensors."""
        import torch

        logits, targets = (torch.from_numpy(part).float().unsqueeze(-1) for part in (self.logits, self.targets))
        return logits, targets, torch.from_numpy(self.mask)

    @property
    def section(self) -> str:
        """The section to read after a mistake in the loss; if the case contains a NaN, the one on selecting first."""
        return SELECT if np.isnan(self.logits + self.targets).any() else LOSS

    def changed(self, description: str, **changes: np.ndarray) -> MaskedLogits:
        """Return a copy with some arrays replaced and ``description`` appended to its description."""
        return self._replace(description=f"{self.description}, {description}", **changes)

    def with_padding(self, value: float) -> Iterator[MaskedLogits]:
        """Yield two copies with ``value`` at the padded positions, first of the logits and then of the targets."""
        for name in ("logits", "targets"):
            padded = np.where(self.mask, getattr(self, name), value)
            yield self.changed(f"{name} of {value:g} on padding", **{name: padded})


def _draw(rng: np.random.Generator, lengths: list[int] | np.ndarray, steps: int,
          on_padding: float = 0.0) -> MaskedLogits:
    mask = np.arange(steps) < np.asarray(lengths)[:, None]
    logits = rng.normal(scale=2, size=mask.shape).astype(np.float32).astype(float)
    targets = np.where(mask, rng.integers(2, size=mask.shape), on_padding)
    description = f"lengths {show(np.asarray(lengths), 50)} in a rectangle of {steps} steps"
    return MaskedLogits(description, logits, targets, mask)


def _draw_cases(rng: np.random.Generator) -> Iterator[MaskedLogits]:
    yield _draw(rng, [1, 9, 4, 12, 2, 7, 11, 3, 12, 5, 8, 6], 12)       # square, so that a wrong axis raises no error
    yield _draw(rng, [2, 5, 9], 12, on_padding=1.0)
    yield _draw(rng, rng.integers(1, 20, size=6), 20 + int(rng.integers(4)))
    holes = _draw(rng, [6, 3, 5], 6)
    yield holes.changed("step 0 masked too", mask=holes.mask & (np.arange(6) > 0))
    for value in (1e9, np.nan):
        yield from _draw(rng, [3, 1, 4], 6).with_padding(value)


@check("masked_loss: the mean over real positions, in value and gradient, whatever is on padding")
def masked_loss(seed: int = 0) -> None:
    """Check ``masked_loss(logits, targets, mask)``, which returns a scalar tensor, and its gradient."""
    rng = np.random.default_rng(seed)
    zeros, sure = _draw(rng, [1, 3], 5), _draw(rng, [2, 3], 3)
    zeros = zeros.changed("every logit 0", logits=0 * zeros.logits)
    sure = sure.changed("logits of -200 and 200", logits=np.where(sure.targets > 0, -200.0, 200.0))
    for case in (*_draw_cases(rng), zeros, sure):
        query = Query(f"masked_loss, {case.description}", ON_LOGITS if case is sure else case.section)
        result = query.call("masked_loss", *case.arguments, forbid=READY_MEAN, causes=SHAPE_CAUSES)
        if not is_tensor(result):
            query.fail("a tensor with one number", kind_of(result), WORDS["not-a-tensor"])
        got = query.as_array(result, (), nan_hint=WORDS["nan-leaked"] if case.section == SELECT else "")
        expected, mistake = correct_loss(*case[1:]), "loss-unexplained"
        if case is sure:
            mistake = "clipped" if np.isfinite(got) and got < expected else "logarithm-of-zero"
        query.require_close(got, expected, WORDS[mistake], [
            *WORDS.made(masked_mean, cross_entropy(case.logits, case.targets), case.mask),
            *WORDS.made(correct_loss, *case[1:])], 1e-4)
    for case in (_draw(rng, [3, 1, 5, 2], 5), _draw(rng, rng.integers(1, 8, size=4), 9),
                 *_draw(rng, [3, 1, 4], 6).with_padding(1e9), *_draw(rng, [3, 1, 4], 6).with_padding(np.nan)):
        query = Query(f"the gradient of masked_loss, {case.description}", case.section)
        gradient = query.call("masked_loss", *case.arguments, by=call_gradient, forbid=READY_MEAN,
                              causes={"no gradient": WORDS["cut-off"]})
        expected = np.where(case.mask, (1 / (1 + np.exp(-case.logits)) - case.targets) / case.mask.sum(), 0)
        got = query.as_array(gradient[..., 0], nan_hint=WORDS["nan-in-gradient"])
        query.require_close(got, expected, WORDS["gradient-outside"], tolerance=1e-4)


def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the binary cross-entropy of each logit."""
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def masked_mean(values: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean of ``values`` over the positions where the mask is True."""
    return values[mask].mean()


def correct_loss(logits: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean cross-entropy over the positions where the mask is True."""
    losses = cross_entropy(logits, targets)
    return masked_mean(losses, mask)


def correct_share(logits: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> float:
    """Return the accuracy at the positions where the mask is True."""
    odd = targets > 0.5
    correct = (logits > 0) == odd
    return masked_mean(correct, mask)


@check("masked_accuracy: the share of real positions with a correct answer")
def masked_accuracy(seed: int = 0) -> None:
    """Check ``masked_accuracy(logits, targets, mask)``, which returns a float from 0 to 1."""
    rng = np.random.default_rng(seed)
    even, undecided = _draw(rng, rng.integers(1, 30, size=30), 30), _draw(rng, [3, 5, 2, 4], 5)
    small = MaskedLogits("", np.array([[0.3, -2.0, 4.0], [3.0, 0.2, 1.0], [-1.0, -2.0, 5.0]]),
                         np.array([[1.0, 0, 0], [1, 0, 1], [1, 0, 0]]), np.arange(3) < [[1], [3], [2]])
    parts = [show(part) for part in (small.logits, small.targets, small.mask)]
    small = small._replace(description="logits {} and targets {}, with a last axis of 1, and mask {}".format(*parts))
    cases = [small, *_draw_cases(rng), even.changed("every logit -1", logits=np.full(even.mask.shape, -1.0)),
             undecided.changed("every second logit 0", logits=undecided.logits * (np.arange(5) % 2))]

    def answer(case: MaskedLogits) -> tuple[Query, np.ndarray]:
        query = Query(f"masked_accuracy, {case.description}", KNOWS_NOTHING)
        result = query.call("masked_accuracy", *case.arguments, forbid=READY_MEAN, causes=SHAPE_CAUSES)
        return query, query.as_array(result, ())

    for case in cases:
        correct, (query, got) = correct_share(*case[1:]), answer(case)
        if agree(got, correct):
            continue
        # In the small case, mistakes can give the same share by chance: a mistake has to explain two others as well.
        here, *others = ([words for value, words in _accuracy_mistakes(case) if agree(answer(case)[1], value)]
                         for case in (case, cases[1], cases[-2]))
        query.fail(correct, got, next((words for words in here if all(words in known for known in others)),
                                      WORDS["accuracy-unexplained"]))


def _accuracy_mistakes(case: MaskedLogits) -> Mistakes:
    yield from WORDS.made(masked_mean, (case.logits > 0) == (case.targets > 0.5), case.mask)
    yield from WORDS.made(correct_share, *case[1:])


def correct_masked_accuracy(logits: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> float:
    """Return the accuracy at the positions where the mask is True."""
    return ((logits > 0) == (targets > 0.5)).squeeze(-1)[mask].double().mean().item()


@check("always_even: its accuracy over the rectangle and over real positions")
@replaced_if_wrong(("masked_accuracy", masked_accuracy, f"{__name__}:correct_masked_accuracy"))
def always_even(seed: int = 0) -> None:
    """Check ``always_even(targets, mask)``, which returns the accuracies over the rectangle and over real bits."""
    rng = np.random.default_rng(seed)
    for case in (_draw(rng, [1, 4, 2], 6), _draw(rng, rng.integers(1, 30, size=40), 30), _draw(rng, [3, 3], 3)):
        query = Query(f"always_even, {case.description}", KNOWS_NOTHING)
        result = query.call("always_even", *case.arguments[1:], forbid=READY_MEAN, causes=SHAPE_CAUSES)
        got = np.array(query.as_arrays(result, {"over the rectangle": (), "over real positions": ()}))
        zero, mask = case.targets == 0, case.mask
        rectangle, real, last = zero.mean(), zero[mask].mean(), (np.arange(len(mask)), mask.sum(axis=1) - 1)
        shares = {"the accuracy over the whole rectangle": rectangle, "the accuracy over the real positions": real,
                  "the accuracy on the padding alone": zero[~mask].mean() if (~mask).any() else np.nan,
                  "the accuracy at the last real position of each string": zero[last].mean(),
                  "the mean of the accuracies of the strings": ((zero & mask).sum(axis=1) / mask.sum(axis=1)).mean(),
                  "the correct real positions, divided by the size of the rectangle": real * mask.mean(),
                  "the share of real positions": mask.mean(), "the share of padding": (~mask).mean(),
                  "one half": 0.5}
        hint = WORDS["always-even-unexplained"]
        for k, name in enumerate(("first", "second")):
            found = likely_cause(got[k], ((value, what) for what, value in shares.items()))
            if found and not agree(got[k], (rectangle, real)[k]):
                hint = WORDS["other-share"].format(name=name, found=found, right=list(shares)[k])
        query.require_close(got, (rectangle, real), hint, WORDS.of({
            "shares-order": [(real, rectangle)], "always-odd": [(1 - rectangle, 1 - real)],
            "padding-wrong": [(real * mask.mean(), real)]}))


@check("reported_accuracy: the accuracy over the rectangle, for a useless network and for others")
def reported_accuracy(seed: int = 0) -> None:
    """Check ``reported_accuracy(share_of_padding, real_accuracy=0.5)``, which returns a float."""
    drawn = tuple(np.random.default_rng(seed).uniform(0.05, 0.95, size=2).tolist())
    for arguments in ((0.2, 0.9), (0.4,), (0.0,), (1.0,), (0.5, 1.0), (0.4, 0.0), drawn):
        query = Query(f"reported_accuracy({', '.join(f'{value:.4g}' for value in arguments)})", KNOWS_NOTHING)
        got = query.as_array(query.call("reported_accuracy", *arguments), ())
        s, a = (*arguments, 0.5)[:2]
        query.require_close(got, s + (1 - s) * a, WORDS["reported-unexplained"], [*WORDS.of({
            "padding-guessed": [0.5 * s + (1 - s) * a], "mean-of-shares": [(s + a) / 2],
            "errors-counted": [s + (1 - s) * (1 - a)], "padding-added-twice": [min(1, s + a), s + a],
            "padding-not-added": [(1 - s) * a], "shares-swapped": [(1 - s) + s * a],
            "guess-assumed": [0.5 + s / 2], "real-returned": [a], "shares-multiplied": [s * a],
            "weight-of-padding": [s + s * a], "bracket-missing": [s + 1 - s * a]}), *with_other(
                lambda share_of_padding, real_accuracy: share_of_padding + (1 - share_of_padding) * real_accuracy, s,
                a)])
