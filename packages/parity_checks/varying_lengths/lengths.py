"""Checks for the student's ``random_lengths`` function."""

from __future__ import annotations

import itertools

import numpy as np

from parity_checks.assertions import Query
from parity_checks.core import call_on_same
from parity_checks.plain_data import Seed
from parity_checks.reporting import check

UPPER_END, SEEDS = "data#check-yourself", "data#seeds-and-a-generator-that-fools-you"
TOO_FAR = 6.0       # standard deviations, which correct lengths practically never exceed
ONE_FOR_ALL = "This is one length for the whole batch; `size=batch_size` draws one for each string."
DEPENDENT = "Each string draws its own length. Are lengths sorted, drawn in pairs, or drawn without repeats?"
ERROR_CAUSES = {"low >= high": "`integers(1, max_bits)` excludes the upper end, so nothing is left to draw for "
                               "max_bits = 1."}


@check("random_lengths: 1 to max_bits, both ends included, uniform, and from the generator that is passed in")
def random_lengths(seed: int = 0) -> None:
    """Check that the student's random lengths are uniform and independent.

    ``random_lengths(batch_size, max_bits, rng)`` returns integers ``[batch]``, uniform on 1 to ``max_bits``.
    """
    rng = np.random.default_rng(seed)
    _require_own_generator(_draw_seed(rng), _draw_seed(rng))
    for calls, batch, max_bits in ((400, 8, int(rng.integers(4, 9))), (1, 20_000, 300)):
        drawn = [_draw(batch, max_bits, _draw_seed(rng)) for _ in range(calls)]
        query = drawn[0][0] if calls == 1 else Query(f"{calls} calls of random_lengths({batch}, {max_bits}, rng)",
                                                     UPPER_END)
        lengths = np.stack([lengths for _, lengths in drawn])
        _require_ends(query, lengths, max_bits)
        if calls > 1:
            _require_independent(Query(query.text, SEEDS), lengths, max_bits)
        _require_uniform(query, lengths, max_bits)
    query = Query("random_lengths(40, 50, rng), called twice with the same rng", SEEDS)
    batches = query.call("random_lengths", 40, 50, Seed(_draw_seed(rng)), by=call_on_same)
    first, second = (query.as_array(batch.result) for batch in batches)
    if np.array_equal(first, second):
        query.fail("different lengths", "the same lengths", "Is `rng` copied, or its state reset?")
    query, lengths = _draw(5, 1, _draw_seed(rng))
    query.require_equal(lengths, np.ones(5), "With max_bits = 1 there is only one length.")


def _draw_seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _draw(batch_size: int, max_bits: int, seed: int) -> tuple[Query, np.ndarray]:
    """Call the student's ``random_lengths`` function with a seeded generator."""
    query = Query(f"random_lengths({batch_size}, {max_bits}, np.random.default_rng({seed}))", UPPER_END)
    result = query.call("random_lengths", batch_size, max_bits, Seed(seed), causes=ERROR_CAUSES)
    one_length = {(): ONE_FOR_ALL, (1,): ONE_FOR_ALL}
    return query, query.as_array(result, (batch_size,), "integer", shape_hints=one_length)


def _require_ends(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    low, high = int(lengths.min()), int(lengths.max())
    if (low, high) == (1, max_bits):
        return
    hint = "A string has at least one bit." if low < 1 else ""
    if abs(high - max_bits) == 1:
        hint = f"`integers(1, max_bits)` excludes the upper end, and `endpoint=True` includes it. {hint}"
    if lengths.dtype.itemsize == 1:
        hint = "An integer of 8 bits cannot be above 255, and an `int8` cannot be above 127."
    query.fail(f"lengths from 1 to {max_bits}, both included", f"from {low} to {high}", hint)


def _require_independent(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    """Raise CheckFailed unless the lengths within a batch are independent.

    Pearson's chi-squared test of independence is applied to each pair of strings, and its results are added up.
    """
    if (lengths == lengths[:, :1]).all():
        query.fail("independent lengths", "equal lengths within each batch", ONE_FOR_ALL)
    calls, batch = lengths.shape
    chosen = (lengths[..., None] == np.arange(1, max_bits + 1)).astype(float)       # [calls, batch, max_bits]
    shares = chosen.mean(axis=0)
    chi_squared = pairs = 0
    for i, j in itertools.combinations(range(batch), 2):
        expected = calls * np.outer(shares[i], shares[j])
        if expected.all():
            chi_squared += ((chosen[:, i].T @ chosen[:, j] - expected) ** 2 / expected).sum()
            pairs += 1
    if pairs and _deviation(chi_squared, pairs * (max_bits - 1) ** 2) > TOO_FAR:
        query.fail("independent lengths", "lengths within a batch that depend on each other", DEPENDENT)


def _deviation(chi_squared: float, freedom: int) -> float:
    """Convert a chi-squared statistic to an approximate standard normal score (Wilson and Hilferty, 1931)."""
    variance = 2 / (9 * freedom)
    return float((np.cbrt(chi_squared / freedom) - (1 - variance)) / np.sqrt(variance))


def _require_uniform(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    """Raise CheckFailed unless the lengths are uniformly distributed."""
    expected, lengths = lengths.size / max_bits, lengths.astype(np.intp)    # np.bincount takes no wider integers
    counts = np.bincount(lengths.ravel(), minlength=max_bits + 1)[1:]
    groups = [lengths.ravel(), *(lengths.T if len(lengths) > 1 else ())]
    for group in groups:
        group_counts, mean = np.bincount(group, minlength=max_bits + 1)[1:], group.size / max_bits
        if abs(_deviation(((group_counts - mean) ** 2 / mean).sum(), max_bits - 1)) > TOO_FAR:
            hint = "`rng.integers` draws all lengths independently of each other and equally often."
            if len(lengths) > 1 and (lengths == max_bits).all(axis=0).any():
                hint = ("One row always has full length, as in the original notebook, so the lengths are not "
                        "uniform.")
            query.fail(f"each length about {expected:.0f} times", f"1: {counts[0]}, 2: {counts[1]}, … {max_bits - 1}: "
                       f"{counts[-2]}, {max_bits}: {counts[-1]} times", hint)


def _require_own_generator(seed: int, other_seed: int) -> None:
    (query, first), (_, again), (_, different) = (_draw(40, 50, value) for value in (seed, seed, other_seed))
    if len(np.unique(first)) == len(first):         # by chance, once in ten billion runs
        Query(query.text, SEEDS).fail("some lengths more than once", "no length twice", DEPENDENT)
    if not np.array_equal(first, again):
        Query(f"{query.text}, called twice", SEEDS).fail(
            "the same lengths, because the seed is the same", "different lengths",
            "The lengths come from another generator: draw from `rng`, which is passed in.")
    if np.array_equal(first, different):
        Query(f"{query.text}, and with default_rng({other_seed})", SEEDS).fail(
            "different lengths, because the seeds differ", "the same lengths",
            "A seed is fixed inside the function: draw from `rng`.")
