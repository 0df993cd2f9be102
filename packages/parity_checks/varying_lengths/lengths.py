"""Checks for the student's ``random_lengths`` function.

The lengths have to include both ends, be uniform and independent, and be drawn from the given generator.
"""

from __future__ import annotations

import numpy as np

from parity_checks.assertions import Query
from parity_checks.plain_data import Seed
from parity_checks.reporting import check

UPPER_END, SEEDS = "data#check-yourself", "data#seeds-and-a-generator-that-fools-you"
TOO_FAR = 6.0       # standard deviations; correct lengths exceed them about once in a thousand million calls
ONE_FOR_ALL = "This is one length for the whole batch; `size=batch_size` draws one for each string."
ERROR_CAUSES = {"larger sample than population": "With replace=False each length comes up at most once, but lengths "
                "may repeat, because each string draws its own.",
                "low >= high": "`integers(1, max_bits)` excludes the upper end, so nothing is left to draw for "
                "max_bits = 1."}


@check("random_lengths: 1 to max_bits, both ends included, uniform, and from the generator that is passed in")
def random_lengths(seed: int = 0) -> None:
    """Check that the student's random lengths are uniform and independent.

    ``random_lengths(batch_size, max_bits, rng)`` returns integers ``[batch]``, uniform on 1 to ``max_bits``.
    """
    rng = np.random.default_rng(seed)
    _require_own_generator(_draw_seed(rng), _draw_seed(rng))
    for calls, batch, max_bits in ((400, 8, int(rng.integers(4, 9))), (1, 20_000, 50)):
        drawn = [_draw(batch, max_bits, _draw_seed(rng)) for _ in range(calls)]
        query = drawn[0][0] if calls == 1 else Query(f"{calls} calls of random_lengths({batch}, {max_bits}, rng)",
                                                     UPPER_END)
        lengths = np.stack([lengths for _, lengths in drawn])
        _require_ends(query, lengths, max_bits)
        if calls > 1:
            _require_independent(Query(query.text, SEEDS), lengths, max_bits)
        _require_uniform(query, lengths, max_bits)
    query, lengths = _draw(5, 1, _draw_seed(rng))
    query.require_equal(lengths, np.ones(5), "With max_bits = 1 there is only one length.")


def _draw_seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _draw(batch_size: int, max_bits: int, seed: int) -> tuple[Query, np.ndarray]:
    """Call the student's ``random_lengths`` function with a seeded generator.

    Returns the query and the lengths, integers ``[batch_size]``.
    """
    query = Query(f"random_lengths({batch_size}, {max_bits}, np.random.default_rng({seed}))", UPPER_END)
    result = query.call("random_lengths", batch_size, max_bits, Seed(seed), causes=ERROR_CAUSES)
    one_length = {(): ONE_FOR_ALL, (1,): ONE_FOR_ALL}
    return query, query.as_array(result, (batch_size,), "integer", shape_hints=one_length)


def _require_ends(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    low, high = int(lengths.min()), int(lengths.max())
    if (low, high) == (1, max_bits):
        return
    hint = f"Your lengths never reach {max_bits}: `integers(1, max_bits)` excludes the upper end."
    if low < 1:
        hint = "A string has at least one bit, so lengths begin at 1."
    elif high > max_bits:
        hint = "`endpoint=True` already includes the upper end; do not add 1 to it as well."
    elif low > 1:
        hint = "Your lengths never reach 1."
    query.fail(f"lengths from 1 to {max_bits}, both included", f"from {low} to {high}", hint)


def _require_independent(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    """Raise CheckFailed unless the lengths within a batch are independent.

    ``lengths`` is an array ``[calls, batch]``.
    """
    if (lengths == lengths[:, :1]).all():
        query.fail("independent lengths", "equal lengths within each batch", ONE_FOR_ALL)
    calls, batch = lengths.shape
    shares = [np.bincount(row, minlength=max_bits + 1)[1:] / calls for row in lengths.T]
    pairs = [(i, j) for j in range(batch) for i in range(j)]
    for i, j in pairs if not _sorted(lengths) else ():
        first, second = lengths[:, i], lengths[:, j]
        for match, chance, hint in (
                (first == second, shares[i] @ shares[j], "Pairs of strings share their length; each string draws its "
                 "own."),
                (first + second == max_bits + 1, shares[i] @ shares[j][::-1], "Long and short lengths come in pairs "
                 "that add up to max_bits + 1 (antithetic lengths); each string draws its own.")):
            if match.sum() - calls * chance > TOO_FAR * np.sqrt(max(calls * chance * (1 - chance), 1)):
                query.part(f"the lengths of strings {i} and {j}").fail(
                    f"independent lengths, so about {calls * chance:.0f} of {calls} pairs like that",
                    f"{match.sum()} pairs", hint)
    matches = sum(int((lengths[:, i] == lengths[:, j]).sum()) for i, j in pairs)
    expected = len(pairs) * calls / max_bits
    if expected - matches > TOO_FAR * np.sqrt(expected * (1 - 1 / max_bits)):
        query.fail(f"about {expected:.0f} pairs of equal lengths within a batch", matches, "Lengths are drawn without "
                   "repeats (a permutation?), so strings do not draw theirs independently.")


def _sorted(lengths: np.ndarray) -> bool:
    differences = np.diff(lengths, axis=-1)
    return bool((differences <= 0).all() or (differences >= 0).all())


def _unevenness(lengths: np.ndarray, max_bits: int) -> float:
    """Measure how far the lengths deviate from a uniform distribution.

    The measure is Pearson's chi-squared of the counts as a standard normal variable (Wilson and Hilferty, 1931).
    """
    expected, freedom = lengths.size / max_bits, max_bits - 1
    chi_squared = ((np.bincount(lengths, minlength=max_bits + 1)[1:] - expected) ** 2 / expected).sum()
    variance = 2 / (9 * freedom)
    return float((np.cbrt(chi_squared / freedom) - (1 - variance)) / np.sqrt(variance))


def _require_uniform(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    """Raise CheckFailed unless the lengths are uniformly distributed.

    They are tested over all strings and for each string of a batch.
    """
    groups = [lengths.ravel(), *(lengths.T if len(lengths) > 1 else ())]
    if all(abs(_unevenness(group, max_bits)) <= TOO_FAR for group in groups):
        return
    counts = np.bincount(lengths.ravel(), minlength=max_bits + 1)[1:]
    hint = "Some lengths come up more often than others; `rng.integers` draws all of them equally often."
    if len(lengths) > 1 and _sorted(lengths):
        hint = "The lengths are sorted, so the strings of a batch do not draw theirs independently."
    elif (lengths == max_bits).all(axis=0).any():
        row = int((lengths == max_bits).all(axis=0).argmax())
        hint = f"Row {row} is forced to full length, as in the course, so lengths are not uniform any more."
    elif _unevenness(groups[0], max_bits) < 0:
        hint = "Every length comes up equally often, which is too even for lengths that are drawn independently."
    elif max(counts[0], counts[-1]) < 0.75 * counts[1:-1].mean():
        hint = "The two ends come up half as often as the rest, because rounding a real number gives them less room."
    elif counts[-1] > 2 * counts[:-1].mean():
        hint = f"{max_bits} comes up too often: are longer lengths cut to it?"
    query.fail(f"each length about {lengths.size / max_bits:.0f} times", f"1: {counts[0]}, 2: {counts[1]}, … "
               f"{max_bits - 1}: {counts[-2]}, {max_bits}: {counts[-1]} times", hint)


def _require_own_generator(seed: int, other_seed: int) -> None:
    (query, first), (_, again), (_, different) = (_draw(40, 50, value) for value in (seed, seed, other_seed))
    if not np.array_equal(first, again):
        Query(f"{query.text}, called twice", SEEDS).fail(
            "the same lengths, because the seed is the same", "different lengths",
            "The lengths come from another generator: draw from `rng`, which is passed in.")
    if np.array_equal(first, different):
        Query(f"{query.text}, and with default_rng({other_seed})", SEEDS).fail(
            "different lengths, because the seeds differ", "the same lengths",
            "A seed is fixed inside the function: draw from `rng`.")
