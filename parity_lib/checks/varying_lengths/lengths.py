"""The check of ``random_lengths``: from 1 to the longest, evenly, independently, from the generator that is given."""

from __future__ import annotations

import numpy as np

from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.plain import Seed
from parity_lib.checks.reporting import check

UPPER_END, SEEDS = "data#check-yourself", "data#seeds-and-a-generator-that-fools-you"
MANY, BATCHES, BATCH = 20_000, 400, 8
TOO_FAR = 6.0  # standard deviations of a normal variable: about one false alarm in a thousand million
ONE_FOR_ALL = "one length for the whole batch; `size=batch_size` gives each string its own"


def _shortest() -> int:
    """The shortest length that is drawn."""
    return constant("varying_lengths", "shortest")


@check(lambda: f"random_lengths: {_shortest()} to max_bits, both ends included, evenly, and from the generator that it "
       "is given")
def random_lengths(seed: int = 0) -> None:
    """``random_lengths(batch_size, max_bits, rng)``: integers ``[batch]``, uniform on 1 to ``max_bits``."""
    rng = np.random.default_rng(seed)
    shortest = _shortest()
    for max_bits in (50, int(rng.integers(4, 9)) + shortest - 1):
        what, got = _lengths(MANY, max_bits, _seed(rng))
        _require_ends(got, max_bits, what)
        _require_neighbours_apart(got, max_bits, what)
        _require_even(got, max_bits, what)
    what, got = _lengths(5, shortest, _seed(rng))
    expect.equal(got, np.full(5, shortest), what, f"with max_bits = {shortest} there is one length", UPPER_END)
    _require_own_generator(rng)
    _require_rows_alike(rng)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _lengths(batch_size: int, max_bits: int, seed: int) -> tuple[str, np.ndarray]:
    what = f"random_lengths({batch_size}, {max_bits}, np.random.default_rng({seed}))"
    slips = {"larger sample than population": "replace=False gives each length to one string at most; lengths may "
             "repeat, each is drawn on its own",
             "low >= high": f"`integers({_shortest()}, max_bits)` excludes the upper end: with max_bits = "
                            f"{_shortest()} nothing is left to draw"}
    result = expect.ask("random_lengths", what, batch_size, max_bits, Seed(seed), slips=slips, see=UPPER_END)
    got = expect.array(result, what, None, see=UPPER_END)
    if got.shape != (batch_size,):
        hint = ONE_FOR_ALL if got.size == 1 else ""
        expect.fail(what, f"shape {(batch_size,)}", f"shape {got.shape}", hint, UPPER_END)
    return what, expect.array(got, what, (batch_size,), "integer", UPPER_END)


def _require_ends(got: np.ndarray, max_bits: int, what: str) -> None:
    low, high, shortest = int(got.min()), int(got.max()), _shortest()
    hint = ""
    if low == high:
        hint = ONE_FOR_ALL
    elif low < shortest:
        hint = ("a string has at least one bit: begin at 1" if shortest == 1 else
                f"here the shortest strings have {shortest} bits: begin there")
    elif high > max_bits:
        hint = "`endpoint=True` already includes the upper end; do not add 1 to it as well"
    elif high < max_bits:
        hint = f"your lengths never reach {max_bits}: `integers({shortest}, max_bits)` excludes the upper end"
    elif low > shortest:
        hint = f"your lengths never reach {shortest}"
    if (low, high) != (shortest, max_bits):
        expect.fail(what, f"lengths from {shortest} to {max_bits}, both included", f"from {low} to {high}", hint,
                    UPPER_END)


def _kinds(max_bits: int) -> int:
    """How many lengths there are."""
    return max_bits - _shortest() + 1


def _unevenness(got: np.ndarray, max_bits: int) -> float:
    """Pearson's chi-squared of the counts, as a normal variable (Wilson and Hilferty, 1931)."""
    kinds = _kinds(max_bits)
    expected, freedom = got.size / kinds, kinds - 1
    chi_squared = ((np.bincount(got.ravel(), minlength=max_bits + 1)[_shortest():] - expected) ** 2 / expected).sum()
    spread = 2 / (9 * freedom)
    return float((np.cbrt(chi_squared / freedom) - (1 - spread)) / np.sqrt(spread))


def _require_even(got: np.ndarray, max_bits: int, what: str) -> None:
    far = _unevenness(got, max_bits)
    if abs(far) <= TOO_FAR:
        return
    shortest = _shortest()
    counts = np.bincount(got, minlength=max_bits + 1)[shortest:]
    hint = "some lengths come up more often than others; `rng.integers` draws them evenly"
    if far < 0:
        hint = "every length comes up equally often, which is too even for lengths that are drawn independently"
    elif max(counts[0], counts[-1]) < 0.75 * counts[1:-1].mean():
        hint = "the ends come up half as often as the rest: rounding a real number gives them half the room"
    elif counts[-1] < 0.2 * counts[:-1].mean():
        hint = (f"your lengths hardly reach {max_bits}: `integers({shortest}, max_bits)` excludes the upper end, and a "
                "forced row hides it")
    elif counts[-1] > 2 * counts[:-1].mean():
        hint = f"{max_bits} comes up too often: are longer lengths cut to it, or is a row forced to it?"
    show = (f"{shortest}: {counts[0]}, {shortest + 1}: {counts[1]}, … {max_bits - 1}: {counts[-2]}, "
            f"{max_bits}: {counts[-1]} times")
    expect.fail(what, f"each length about {len(got) / _kinds(max_bits):.0f} times", show, hint, UPPER_END)


def _require_neighbours_apart(got: np.ndarray, max_bits: int, what: str) -> None:
    """In one large batch, strings that are near, or half a batch apart, draw their lengths independently."""
    half = len(got) // 2
    if _sorted(got):      # the rows are compared below, and told about it
        return
    for one, other, words in ((got[:-1:2], got[1::2], "of strings 0 and 1, 2 and 3, …"),
                              (got[1:-1:2], got[2::2], "of strings 1 and 2, 3 and 4, …"),
                              (got[:half], got[half:2 * half], "of string i and the one half a batch later"),
                              (got[:half], got[::-1][:half], "of string i and the one as far from the end")):
        _require_pairs(one, other, max_bits, f"{what}, lengths {words}")


def _sorted(drawn: np.ndarray) -> bool:
    steps = np.diff(drawn, axis=-1)
    return bool((steps <= 0).all() or (steps >= 0).all())


def _require_pairs(one: np.ndarray, other: np.ndarray, max_bits: int, what: str) -> None:
    """Pairs of independent lengths are seldom equal, and their sum is not fixed, however they are distributed."""
    ends = max_bits + _shortest()
    shares = [np.bincount(part, minlength=max_bits + 2)[_shortest():max_bits + 1] / len(part) for part in (one, other)]
    for found, chance, hint in (
            (one == other, shares[0] @ shares[1], "pairs of strings share their length; each string draws its own"),
            (one + other == ends, shares[0] @ shares[1][::-1], "long and short ones come in pairs that add up "
             f"to max_bits + {_shortest()} (antithetic lengths); each string draws its own")):
        count, expected = int(found.sum()), len(one) * chance
        if count - expected > TOO_FAR * np.sqrt(max(expected * (1 - chance), 1)):
            expect.fail(what, f"independent, so about {expected:.0f} of {len(one)} pairs like that",
                        f"{count} pairs", hint, SEEDS)


def _require_repeats(drawn: np.ndarray, max_bits: int, what: str) -> None:
    """Within a batch, lengths repeat as often as chance has it."""
    rows = drawn.shape[1]
    pairs, chance = len(drawn) * rows * (rows - 1) / 2, 1 / _kinds(max_bits)
    equal = sum(int((drawn[:, i] == drawn[:, j]).sum()) for i in range(rows) for j in range(i))
    if pairs * chance - equal > TOO_FAR * np.sqrt(pairs * chance * (1 - chance)):
        expect.fail(what, f"about {pairs * chance:.0f} pairs of equal lengths within a batch", f"{equal}",
                    "lengths are drawn without repeats (a permutation?): the strings of a batch do not draw theirs "
                    "independently", SEEDS)


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
    max_bits, start = int(rng.integers(5, 9)) + _shortest() - 1, _seed(rng)
    drawn = np.stack([_lengths(BATCH, max_bits, start + i)[1] for i in range(BATCHES)])
    what = f"{BATCHES} calls of random_lengths({BATCH}, {max_bits}, rng)"
    for i in range(BATCH) if not _sorted(drawn) else ():
        for j in range(i):
            _require_pairs(drawn[:, j], drawn[:, i], max_bits, f"{what}, lengths of strings {j} and {i}")
    _require_repeats(drawn, max_bits, what)
    for row in range(BATCH):
        far = _unevenness(drawn[:, row], max_bits)
        if far <= TOO_FAR:
            continue
        hint = f"row {row} is not like the others: is it forced to a length?"
        if _sorted(drawn):
            hint = "the lengths are sorted, so the strings of a batch no longer draw theirs independently"
        elif (drawn[:, row] == max_bits).all():
            hint = f"row {row} is forced to full length, as in the course; then the lengths are not what you report"
        expect.fail(what, f"in row {row}, as in each row, every length about {BATCHES / _kinds(max_bits):.0f} times",
                    f"length {max_bits}: {(drawn[:, row] == max_bits).sum()} times", hint, UPPER_END)
