"""Checks of the exercise *Varying lengths*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from parity_lib import models, padding, training
from parity_lib.checks import core, expect
from parity_lib.checks.core import CheckFailed, ModuleState, Seed, call, call_gradient
from parity_lib.checks.reporting import check, fresh, private  # noqa: F401  (notebooks call them here)

READY_MASK = (padding.length_mask,)
READY_PACKING = (padding.pack, padding.unpack, models.ParityRNN.hidden_states)
READY_MEAN = (training.masked_loss, padding.masked_mean, padding.masked_values)
UPPER_END, SEEDS = "data#check-yourself", "data#seeds-and-a-generator-that-fools-you"
RECTANGLE, KNOWS_NOTHING = "packing#a-rectangle-for-ragged-strings", "packing#a-net-that-knows-nothing"
LOSS, PACKING, ON_LOGITS = "packing#the-loss-lies-too", "packing#packing", "training#a-loss-for-a-yes-or-no"
MANY, BATCHES, BATCH = 20_000, 400, 8
TOO_FAR = 6.0  # standard deviations of a normal variable: about one false alarm in a thousand million


def _ask(name: str, what: str, *args: Any, slips: dict[str, str] | None = None, see: str = "", **options: Any) -> Any:
    """Call the student's function; where it stops, say what was asked and, for a known error, why."""
    try:
        return call(name, *args, **options)
    except CheckFailed as failure:
        raise _explained(failure, what, slips or {}, see) from None


def _explained(failure: CheckFailed, what: str, slips: dict[str, str], see: str) -> CheckFailed:
    text = str(failure)
    if "not written yet" in text or "there is no" in text:
        return failure
    hint = next((words for part, words in slips.items() if part.lower() in text.lower()), "")
    likely = [f"  likely:   {hint}"] if hint else []
    return CheckFailed("\n".join([text, f"  asked:    {what}", *likely, f"  read:     {expect.section(see)}"]))


def _first(slips: dict[str, Any], got: np.ndarray) -> str:
    """The words of the first slip that would give ``got``."""
    for words, value in slips.items():
        value = np.asarray(value, dtype=float)
        if value.shape == got.shape and np.allclose(got.astype(float), value, atol=1e-5, equal_nan=True):
            return words
    return ""


# ---------------------------------------------------------------- lengths

ONE_FOR_ALL = "one length for the whole batch; `size=batch_size` gives each string its own"


@check(2, "random_lengths: 1 to max_bits, both ends included, evenly, and from the generator that it is given")
def random_lengths(seed: int = 0) -> None:
    """``random_lengths(batch_size, max_bits, rng)``: integers ``[batch]``, uniform on 1 to ``max_bits``."""
    rng = np.random.default_rng(seed)
    for max_bits in (50, int(rng.integers(4, 9))):
        what, got = _lengths(MANY, max_bits, _seed(rng))
        _require_ends(got, max_bits, what)
        _require_even(got, max_bits, what)
    what, got = _lengths(5, 1, _seed(rng))
    expect.equal(got, np.ones(5), what, "with max_bits = 1 there is one length", UPPER_END)
    _require_own_generator(rng)
    _require_rows_alike(rng)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _lengths(batch_size: int, max_bits: int, seed: int) -> tuple[str, np.ndarray]:
    what = f"random_lengths({batch_size}, {max_bits}, np.random.default_rng({seed}))"
    slips = {"low >= high": "`integers(1, max_bits)` excludes the upper end: with max_bits = 1 nothing is left to draw"}
    result = _ask("random_lengths", what, batch_size, max_bits, Seed(seed), slips=slips, see=UPPER_END)
    got = expect.array(result, what, None, see=UPPER_END)
    if got.shape != (batch_size,):
        hint = ONE_FOR_ALL if got.size == 1 else ""
        expect.fail(what, f"shape {(batch_size,)}", f"shape {got.shape}", hint, UPPER_END)
    return what, expect.array(got, what, (batch_size,), "integer", UPPER_END)


def _require_ends(got: np.ndarray, max_bits: int, what: str) -> None:
    low, high = int(got.min()), int(got.max())
    hint = ""
    if low == high:
        hint = ONE_FOR_ALL
    elif low < 1:
        hint = "a string has at least one bit: begin at 1"
    elif high > max_bits:
        hint = "`endpoint=True` already includes the upper end; do not add 1 to it as well"
    elif high < max_bits:
        hint = f"your lengths never reach {max_bits}: `integers(1, max_bits)` excludes the upper end"
    elif low > 1:
        hint = "your lengths never reach 1"
    if (low, high) != (1, max_bits):
        expect.fail(what, f"lengths from 1 to {max_bits}, both included", f"from {low} to {high}", hint, UPPER_END)


def _unevenness(got: np.ndarray, max_bits: int) -> float:
    """Pearson's chi-squared of the counts, as a normal variable (Wilson and Hilferty, 1931)."""
    expected, freedom = got.size / max_bits, max_bits - 1
    chi_squared = ((np.bincount(got.ravel(), minlength=max_bits + 1)[1:] - expected) ** 2 / expected).sum()
    spread = 2 / (9 * freedom)
    return float((np.cbrt(chi_squared / freedom) - (1 - spread)) / np.sqrt(spread))


def _require_even(got: np.ndarray, max_bits: int, what: str) -> None:
    far = _unevenness(got, max_bits)
    if abs(far) <= TOO_FAR:
        return
    counts = np.bincount(got, minlength=max_bits + 1)[1:]
    hint = "some lengths come up more often than others; `rng.integers` draws them evenly"
    if far < 0:
        hint = "every length comes up equally often, which is too even for lengths that are drawn independently"
    elif max(counts[0], counts[-1]) < 0.75 * counts[1:-1].mean():
        hint = "the ends come up half as often as the rest: rounding a real number gives them half the room"
    elif counts[-1] < 0.2 * counts[:-1].mean():
        hint = (f"your lengths hardly reach {max_bits}: `integers(1, max_bits)` excludes the upper end, and a forced "
                "row hides it")
    elif counts[-1] > 2 * counts[:-1].mean():
        hint = f"{max_bits} comes up too often: are longer lengths cut to it, or is a row forced to it?"
    show = f"1: {counts[0]}, 2: {counts[1]}, … {max_bits - 1}: {counts[-2]}, {max_bits}: {counts[-1]} times"
    expect.fail(what, f"each length about {len(got) / max_bits:.0f} times", show, hint, UPPER_END)


def _require_own_generator(rng: np.random.Generator) -> None:
    seed, other = _seed(rng), _seed(rng)
    (what, first), (_, again), (_, different) = _lengths(40, 50, seed), _lengths(40, 50, seed), _lengths(40, 50, other)
    if not np.array_equal(first, again):
        expect.fail(f"{what}, called twice", "the same lengths, because the seed is the same", "others",
                    "the lengths come from another generator: draw from `rng`, the one that is passed in", SEEDS)
    if np.array_equal(first, different):
        expect.fail(f"{what}, and with default_rng({other})", "other lengths, because the seed is another", "the same",
                    "a seed is fixed inside the function: draw from `rng`, the one that is passed in", SEEDS)


def _require_rows_alike(rng: np.random.Generator) -> None:
    max_bits, start = int(rng.integers(5, 9)), _seed(rng)
    drawn = np.stack([_lengths(BATCH, max_bits, start + i)[1] for i in range(BATCHES)])
    what = f"{BATCHES} calls of random_lengths({BATCH}, {max_bits}, rng)"
    in_order = np.diff(drawn, axis=1)
    for row in range(BATCH):
        far = _unevenness(drawn[:, row], max_bits)
        if far <= TOO_FAR:
            continue
        hint = f"row {row} is not like the others: is it forced to a length?"
        if (in_order <= 0).all() or (in_order >= 0).all():
            hint = "the lengths are sorted, so the strings of a batch no longer draw theirs independently"
        elif (drawn[:, row] == max_bits).all():
            hint = f"row {row} is forced to full length, as in the course; then the lengths are not what you report"
        expect.fail(what, f"in row {row}, as in each row, every length about {BATCHES / max_bits:.0f} times",
                    f"length {max_bits}: {(drawn[:, row] == max_bits).sum()} times", hint, UPPER_END)


# ---------------------------------------------------------------- mask


@check(1, "length_mask: True on real positions, in as many columns as asked")
def length_mask(seed: int = 0) -> None:
    """``length_mask(lengths, max_bits)``: integers ``[batch]`` -> bool ``[batch, max_bits]``."""
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(6, 20))
    cases = [(np.array([3, 1, 5, 2]), 5), (np.array([2, 7, 4]), 10), (np.array([1]), 1), (np.array([4, 4, 4, 4]), 4),
             (rng.integers(1, longest, size=9), longest + int(rng.integers(3)))]
    for lengths, max_bits in cases:
        what = f"length_mask({expect.show(lengths, 60)}, {max_bits})"
        result = _ask("length_mask", what, lengths, max_bits, see=RECTANGLE, forbid=READY_MASK,
                      slips={"broadcast": "give lengths a second axis: `lengths[:, None]` is [batch, 1]",
                             "must match": "give lengths a second axis: `lengths[:, None]` is [batch, 1]"})
        got = expect.array(result, what, None, see=RECTANGLE)
        shape = (len(lengths), max_bits)
        if got.shape != shape:
            hint = ""
            if got.shape == (len(lengths), lengths.max()):
                hint = "the mask is as wide as the longest string; it should be as wide as max_bits says"
            elif got.shape == shape[::-1]:
                hint = "two axes are swapped: a row a string, a column a step"
            elif got.shape == (*shape, 1):
                hint = "the mask has two axes; the feature axis is for inputs and targets"
            expect.fail(what, f"shape {shape}", f"shape {got.shape}", hint, RECTANGLE)
        position = np.arange(max_bits)
        expected = position < lengths[:, None]
        if got.dtype.kind != "b":
            hint = "return the comparison itself: with whole numbers, `values[mask]` takes rows 0 and 1"
            expect.fail(what, "bool values", f"dtype {got.dtype}", hint, RECTANGLE)
        length = lengths[:, None]
        hint = _first({
            "one position too many: with steps counted from 0, step `length` is already padding": position <= length,
            "one position too few: the last real step is `length - 1`": position < length - 1,
            "True and False are swapped: True stands on real positions": ~expected,
            "the padding stands before the string; here it stands after it": position >= max_bits - length,
            "rows and columns are swapped: each row is one string": expected.T}, got)
        expect.equal(got, expected, what, hint, RECTANGLE)


# ---------------------------------------------------------------- packing


@check(3, "run_packed: the states of nn.RNN, rows in their order, zeros on padding")
def run_packed(seed: int = 0) -> None:
    """``run_packed(rnn, inputs, lengths)``: float ``[batch, steps, 1]`` -> ``[batch, steps, hidden]``."""
    rng = np.random.default_rng(seed)
    more = int(rng.integers(5, 12))
    cases = [(5, np.array([2, 5, 1, 3]), 3), (5, np.array([2, 5, 1, 3]), 3), (9, np.array([4, 2, 6]), 2),
             (4, np.array([4, 4, 4]), 3), (3, np.array([1]), 2), (more + 2, rng.integers(1, more, size=7), 4)]
    rnn = None
    for number, (steps, lengths, hidden) in enumerate(cases):
        if number != 1:  # case 1 is case 0 once more
            rnn = _random_rnn(hidden, rng)
            inputs = torch.from_numpy(rng.integers(2, size=(len(lengths), steps, 1))).float()
        what = (f"run_packed with lengths {expect.show(lengths, 60)} and inputs of shape {tuple(inputs.shape)}"
                + (", a second time" if number == 1 else ""))
        result = _ask("run_packed", what, ModuleState.of(rnn), inputs, lengths, forbid=READY_PACKING, see=PACKING,
                      slips=PACKING_SLIPS)
        with torch.no_grad():
            through = rnn(inputs)[0].numpy()
        _compare_states(result, through, lengths, what, number == 1)


PACKING_SLIPS = {
    "enforce_sorted": "the lengths come unsorted: `enforce_sorted=False` sorts them and notes the order",
    "PackedSequence": "still packed: `pad_packed_sequence` goes back to the rectangle",
    "has no attribute": "lengths is a NumPy array; `torch.from_numpy` makes a tensor of it where you need one",
}


def _random_rnn(hidden: int, rng: np.random.Generator) -> nn.RNN:
    rnn = nn.RNN(1, hidden, batch_first=True)
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=tuple(parameter.shape))))
    return rnn


def _compare_states(result: Any, through: np.ndarray, lengths: np.ndarray, what: str, again: bool) -> None:
    batch, steps, hidden = through.shape
    if isinstance(result, (tuple, list)):
        expect.fail(what, "one tensor", f"{type(result).__name__} of {len(result)}",
                    "`rnn` and `pad_packed_sequence` return a pair; the first part is what is asked for", PACKING)
    got = expect.array(result, what, None, see=PACKING)
    if got.shape != through.shape:
        hint = ""
        if got.shape == (batch, lengths.max(), hidden):
            hint = "the rectangle shrank to the longest string: `total_length` keeps the steps of the inputs"
        elif got.shape in ((steps, batch, hidden), (lengths.max(), batch, hidden)):
            hint = "the steps come first: `batch_first=True` belongs into packing and unpacking both"
        elif got.shape in ((batch, hidden), (1, batch, hidden)):
            hint = "this is the last state alone; the state after every step is asked for"
        expect.fail(what, f"shape {through.shape}", f"shape {got.shape}", hint, PACKING)
    real = (np.arange(steps) < lengths[:, None])[..., None]
    expected, order = through * real, np.argsort(-lengths, kind="stable")
    hint = _first({
        "the padding was run through and its states are kept; there should be zeros": through,
        "lengths were sorted and strings were not: every string ran for another one's length":
            through * (np.arange(steps) < lengths[order][:, None])[..., None]}, got)
    if not hint and _rows(got) == _rows(expected):
        hint = "the rows stand in another order than the inputs: undo the sorting with the inverse, `argsort(order)`"
    elif not hint and again:
        hint = "the same call gave another result before: is a hidden state kept from call to call?"
    elif not hint and got.shape == through.shape and np.allclose(got * real, expected, atol=1e-5):
        hint = "right on real positions, but not 0 on padding"
    expect.close(got, expected, what, hint, PACKING)


def _rows(states: np.ndarray) -> list[tuple[float, ...]]:
    """The rows without their order."""
    return sorted(map(tuple, states.reshape(len(states), -1).round(4).tolist()))


# ---------------------------------------------------------------- loss and accuracy


@dataclass(frozen=True)
class Case:
    """Logits and targets ``[batch, steps, 1]`` with a mask ``[batch, steps]``, and what is special about them."""

    says: str
    logits: torch.Tensor
    targets: torch.Tensor
    mask: torch.Tensor

    @property
    def arguments(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.logits, self.targets, self.mask

    @property
    def real(self) -> tuple[np.ndarray, np.ndarray]:
        """Logits and targets at the positions that count, float64."""
        return tuple(part[..., 0][self.mask].double().numpy() for part in (self.logits, self.targets))


def _drawn(rng: np.random.Generator, lengths: list[int] | np.ndarray, steps: int, on_padding: float = 0.0) -> Case:
    lengths = np.asarray(lengths)
    mask = torch.from_numpy(np.arange(steps) < lengths[:, None])
    size = (len(lengths), steps, 1)
    logits = torch.from_numpy(rng.normal(scale=2, size=size)).float()
    targets = torch.from_numpy(rng.integers(2, size=size)).float()
    targets[~mask] = on_padding
    shows = f"lengths {expect.show(lengths, 50)} in a rectangle of {steps} steps"
    return Case(shows, logits, targets, mask)


def _cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case("lengths [1 3], every logit 0", torch.zeros(2, 3, 1), torch.tensor([[1.0, 0, 0], [1, 0, 1]])[..., None],
               torch.tensor([[True, False, False], [True, True, True]]))
    # As many strings as steps: there a wrong axis makes no error.
    yield _drawn(rng, [1, 9, 4, 12, 2, 7, 11, 3, 12, 5, 8, 6], 12)
    yield _drawn(rng, [2, 5, 9], 12, on_padding=1.0)
    yield _drawn(rng, rng.integers(1, 20, size=6), 20 + int(rng.integers(4)))
    holes = _drawn(rng, [6, 3, 5], 6)
    mask = holes.mask.clone()
    mask[:, 0] = False
    yield Case(holes.says + ", step 0 masked too", holes.logits, holes.targets, mask)
    nan = _drawn(rng, [3, 1, 4], 6)
    nan.logits[~nan.mask] = float("nan")
    yield Case(nan.says + ", logits of nan on padding", *nan.arguments)


@check(3, "masked_loss: the mean over real positions, in value and gradient, whatever stands on padding")
def masked_loss(seed: int = 0) -> None:
    """``masked_loss(logits, targets, mask)``: a scalar tensor, through which a gradient reaches the logits."""
    rng = np.random.default_rng(seed)
    sure = _drawn(rng, [2, 3], 3)
    sure.logits[sure.mask] = torch.where(sure.targets[sure.mask] > 0, -200.0, 200.0)
    for case in (*_cases(rng), Case(sure.says + ", logits of -200 and 200", *sure.arguments)):
        what = f"masked_loss, {case.says}"
        result = _ask("masked_loss", what, *case.arguments, forbid=READY_MEAN, see=LOSS, slips=SHAPE_SLIPS)
        if not isinstance(result, torch.Tensor):
            hint = "" if result is None else ("`backward` starts at the loss, so return the tensor itself, without "
                                              ".item() or NumPy")
            expect.fail(what, "a tensor with one number", core._kind(result), hint, LOSS)
        expected = _entropy(*case.real).mean()
        got = _number(result, what, LOSS)
        if not np.isclose(got, expected, rtol=1e-4, atol=1e-5):
            see, hint = LOSS, _loss_hint(case, got)
            if "200" in case.says:
                see = ON_LOGITS
                hint = hint or ("the logarithm of a probability that rounds to 0 or 1: compute the loss on the "
                                "logits, with binary_cross_entropy_with_logits")
            expect.fail(what, float(expected), got, hint, see)
    for case in (_drawn(rng, [3, 1, 5, 2], 5), _drawn(rng, rng.integers(1, 8, size=4), 9)):
        _compare_gradient(case)


BROADCAST = ("[batch, steps, 1] times mask [batch, steps] makes [batch, batch, steps] without a word: take the last "
             "axis off first, with `squeeze(-1)`")
NO_FIT = ("[batch, steps, 1] and mask [batch, steps] do not fit: take the last axis off with `squeeze(-1)`, or put one "
          "onto the mask with `unsqueeze(-1)`")
SHAPE_SLIPS = dict.fromkeys(("must match", "broadcast", "same as input size", "does not match", "shape"), NO_FIT)


def _entropy(o: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(o, 0) - o * y + np.log1p(np.exp(-np.abs(o)))


def _number(value: Any, what: str, see: str) -> float:
    """``value`` as one number, NaN allowed."""
    if not isinstance(value, (torch.Tensor, np.ndarray, np.generic, int, float)):
        expect.fail(what, "a number", core._kind(value), "", see)
    value = np.asarray(value)
    if value.shape != ():
        expect.fail(what, "one number", f"shape {value.shape}", "take the mean over all real positions at once", see)
    if value.dtype.kind not in "fiub":
        expect.fail(what, "one number", f"dtype {value.dtype}", "", see)
    return float(value)


def _loss_hint(case: Case, got: float) -> str:
    logits, targets, mask = case.logits[..., 0], case.targets[..., 0], case.mask
    if np.isnan(got) and "nan" in case.says:
        return "the nan on padding leaked, because 0 times nan is nan: select the real positions instead of multiplying"
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    real = torch.where(mask, each, 0.0)
    zeroed = binary_cross_entropy_with_logits(logits * mask, targets * mask)
    chance = torch.sigmoid(logits)
    spread = each[..., None] * mask if len(mask) == mask.shape[1] else torch.tensor(torch.nan)
    slips = {
        BROADCAST: spread.mean(), BROADCAST + " ": spread.sum() / mask.sum(),
        "the padding is counted: this is the mean over the whole rectangle": each.mean(),
        "divided by the size of the rectangle; divide by the number of real positions": real.sum() / mask.numel(),
        "the sum over real positions; divide it by how many there are": real.sum(),
        "a mean for each string, then the mean of those: short strings count too much":
            (real.sum(1) / mask.sum(1)).mean(),
        "the mask is upside down: this is the mean over the padding": each[~mask].mean(),
        "a logit that is multiplied to 0 still costs ln 2: leave padding out instead": zeroed,
        "the sigmoid was applied twice: binary_cross_entropy_with_logits has it inside":
            binary_cross_entropy_with_logits(chance[mask], targets[mask]),
    }
    if chance.isfinite().all():
        slips["the loss of a net that is wrong and sure was cut off: compute it on the logits"] = \
            binary_cross_entropy(chance[mask], targets[mask])
    return "" if np.isnan(got) else _first(slips, np.asarray(got)).strip()


def _compare_gradient(case: Case) -> None:
    what = f"the gradient of masked_loss, {case.says}"
    try:
        gradient = call_gradient("masked_loss", *case.arguments, forbid=READY_MEAN)
    except CheckFailed as failure:
        cut = "the result was cut from the graph: detach, .item(), .data, NumPy and torch.tensor(...) do that"
        raise _explained(failure, what, {"no gradient": cut}, LOSS) from None
    o, y = case.real
    expected = np.zeros(case.mask.shape)
    expected[case.mask.numpy()] = (1 / (1 + np.exp(-o)) - y) / len(o)
    hint = "the value is right and its gradient is not: does part of the result come from outside the graph?"
    if gradient is None:
        expect.fail(what, expected, "no gradient at the logits", hint, LOSS)
    expect.close(gradient[..., 0], expected, what, hint, LOSS, tolerance=1e-4)


@check(2, "masked_accuracy: the share of real positions that are right")
def masked_accuracy(seed: int = 0) -> None:
    """``masked_accuracy(logits, targets, mask)``: a float from 0 to 1."""
    rng = np.random.default_rng(seed)
    even = _drawn(rng, rng.integers(1, 30, size=40), 30)
    always = Case(even.says + ", every logit -1", even.logits * 0 - 1, even.targets, even.mask)
    for case in (*list(_cases(rng))[1:], always):
        what = f"masked_accuracy, {case.says}"
        result = _ask("masked_accuracy", what, *case.arguments, forbid=READY_MEAN, see=KNOWS_NOTHING, slips=SHAPE_SLIPS)
        o, y = case.real
        expected = ((o > 0) == (y > 0.5)).mean()
        got = _number(result, what, KNOWS_NOTHING)
        if not np.isclose(got, expected, rtol=1e-5, atol=1e-6):
            expect.fail(what, float(expected), got, _accuracy_hint(case, got, expected), KNOWS_NOTHING)


def _accuracy_hint(case: Case, got: float, expected: float) -> str:
    logits, targets, mask = case.logits[..., 0], case.targets[..., 0], case.mask
    right = (logits > 0) == (targets > 0.5)
    kept = (right & mask).float()
    spread = (right[..., None] & mask).float() if len(mask) == mask.shape[1] else torch.tensor(torch.nan)
    return _first({
        "the padding is counted: this is the share of the whole rectangle": right.float().mean(),
        "right real positions, divided by the size of the rectangle; divide by how many are real": kept.mean(),
        "a count; divide it by the number of real positions": kept.sum(),
        "a percentage; the share is a number from 0 to 1": 100 * expected,
        "this is the share of wrong answers, or even and odd are swapped": 1 - expected,
        "a share for each string, then the mean of those: short strings count too much":
            (kept.sum(1) / mask.sum(1)).mean(),
        "the share of strings without any error; the share of positions is asked for":
            (right | ~mask).all(1).float().mean(),
        "the mask is upside down: this is the share on padding": right[~mask].float().mean(),
        "a logit is not a probability: it means odd above 0, and a probability above 0.5":
            ((logits > 0.5) == (targets > 0.5))[mask].float().mean(),
        "every position out of the mask is counted as right": (right | ~mask).float().mean(),
        "logits are compared with labels as they are; first decide, `logits > 0`": 0.0,
        BROADCAST: spread.sum() / mask.sum(), BROADCAST + " ": spread.mean(),
    }, np.asarray(got)).strip()


# ---------------------------------------------------------------- the metric that lies


@check(1, "always_even: its accuracy over the rectangle and over real positions")
def always_even(seed: int = 0) -> None:
    """``always_even(targets, mask)``: two floats, over the rectangle and over real positions."""
    rng = np.random.default_rng(seed)
    for case in (_drawn(rng, [1, 4, 2], 6), _drawn(rng, rng.integers(1, 30, size=40), 30), _drawn(rng, [3, 3], 3)):
        what = f"always_even, {case.says}"
        result = _ask("always_even", what, case.targets, case.mask, forbid=READY_MEAN, see=KNOWS_NOTHING,
                      slips=SHAPE_SLIPS)
        both = np.array([(case.targets == 0).double().mean(), (case.real[1] == 0).mean()])
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            expect.fail(what, "two numbers", core._kind(result), "return both: over the rectangle, over real positions",
                        KNOWS_NOTHING)
        got = np.array([_number(one, what, KNOWS_NOTHING) for one in result])
        hint = _first({"the two are in the wrong order: the rectangle comes first": both[::-1],
                       "this is the accuracy of a net that always says odd: a negative logit says even": 1 - both,
                       "the rectangle comes first: a mask that is True everywhere counts all of it": both[[1, 1]],
                       "real positions were asked for second: there, `mask` decides what counts": both[[0, 0]]}, got)
        expect.close(got, both, what, hint, KNOWS_NOTHING)


@check(1, "reported_accuracy: what the rectangle reports, for a useless net and for others")
def reported_accuracy(seed: int = 0) -> None:
    """``reported_accuracy(share_of_padding, real_accuracy=0.5)``: a float."""
    rng = np.random.default_rng(seed)
    drawn = tuple(rng.uniform(0.05, 0.95, size=2).tolist())
    for case in ((0.4,), (0.2, 0.9), (0.0,), (1.0,), (0.5, 1.0), (0.4, 0.0), drawn):
        what = f"reported_accuracy({', '.join(f'{value:.4g}' for value in case)})"
        got = _number(_ask("reported_accuracy", what, *case, see=KNOWS_NOTHING), what, KNOWS_NOTHING)
        s, a = (*case, 0.5)[:2]
        expected = s + (1 - s) * a
        if not np.isclose(got, expected, rtol=1e-5, atol=1e-6):
            hint = _first({
                "on padding the net is right every time: the share of padding is added": (1 - s) * a,
                "the two shares are swapped: s is the share of padding, 1 - s that of real positions": (1 - s) + s * a,
                "this holds for a net that guesses; real_accuracy may be another number": 0.5 + s / 2,
                "real positions are a share 1 - s of the rectangle: weigh real_accuracy with it": s + a,
                "a percentage; accuracy is a number from 0 to 1": 100 * expected,
                "this is the accuracy on real positions, which is what should be reported and is not": a,
            }, np.asarray(got))
            expect.fail(what, expected, got, hint, KNOWS_NOTHING)
