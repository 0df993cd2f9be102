"""Checks for the student's ``random_lengths`` function, with tests of the distribution."""

import numpy as np

from parity_checks.assertions import Query, messages
from parity_checks.core import call_on_same
from parity_checks.decorator import check
from parity_checks.plain_data import Seed

WORDS = messages("varying_lengths")
UPPER_END, SEEDS = "data#Check yourself", "data#Seeds, and a generator that fools you"
TOO_FAR = 6.0       # standard deviations, which correct lengths practically never exceed


@check("random_lengths: 1 to max_bits, both ends included, uniform, and from the generator that is passed in")
def random_lengths(seed: int = 0) -> None:
    """Check ``random_lengths(batch_size, max_bits, rng)``: integers ``[batch]``, uniform from 1 to ``max_bits``."""
    rng = np.random.default_rng(seed)
    _require_own_generator(_draw_seed(rng), _draw_seed(rng))
    for calls, batch, max_bits in ((400, 8, int(rng.integers(4, 9))), (1, 20_000, 300)):
        drawn = [_draw_lengths(batch, max_bits, _draw_seed(rng)) for _ in range(calls)]
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
        query.fail("different lengths", "the same lengths", WORDS["rng-copied"])
    query, lengths = _draw_lengths(5, 1, _draw_seed(rng))
    query.require_equal(lengths, np.ones(5))


def _draw_seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _draw_lengths(batch_size: int, max_bits: int, seed: int) -> tuple[Query, np.ndarray]:
    query = Query(f"random_lengths({batch_size}, {max_bits}, np.random.default_rng({seed}))", UPPER_END)
    result = query.call("random_lengths", batch_size, max_bits, Seed(seed))
    return query, query.as_array(result, (batch_size,), "integer",
                                 shape_hints={(max_bits,): WORDS["arguments-swapped"]}
                                 | dict.fromkeys(((), (1,)), WORDS["one-length"]))


def _require_ends(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    low, high = int(lengths.min()), int(lengths.max())
    if (low, high) == (1, max_bits):
        return
    hint = WORDS["length-zero"] if low < 1 else WORDS["shortest-missing"] if low > 1 else ""
    if abs(high - max_bits) == 1:
        hint = WORDS["upper-end"] + " A string has at least one bit." * (low < 1)
    if lengths.dtype.itemsize == 1:
        hint = WORDS["small-integer"]
    query.fail(f"lengths from 1 to {max_bits}, both included", f"from {low} to {high}", hint)


def _require_independent(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    """Apply Pearson's chi-squared test of independence to each pair of strings and sum the statistics."""
    if (lengths == lengths[:, :1]).all():
        query.fail("independent lengths", "equal lengths within each batch", WORDS["one-length"])
    calls, batch = lengths.shape
    chosen = (lengths[..., None] == np.arange(1, max_bits + 1)).reshape(calls, -1).astype(float)
    expected = np.outer(chosen.sum(axis=0), chosen.mean(axis=0))
    row = np.repeat(np.arange(batch), max_bits)
    pairs = (row[:, None] < row) & (expected > 0)
    chi_squared = ((chosen.T @ chosen - expected)[pairs] ** 2 / expected[pairs]).sum()
    if pairs.any() and _deviation(chi_squared, pairs.sum() * (1 - 1 / max_bits) ** 2) > TOO_FAR:
        query.fail("independent lengths", "lengths within a batch that depend on each other", WORDS["dependent"])


def _deviation(chi_squared: float, freedom: int) -> float:
    """Convert a chi-squared statistic to an approximate standard normal score (Wilson and Hilferty, 1931)."""
    variance = 2 / (9 * freedom)
    return float((np.cbrt(chi_squared / freedom) - (1 - variance)) / np.sqrt(variance))


def _require_uniform(query: Query, lengths: np.ndarray, max_bits: int) -> None:
    expected, lengths = lengths.size / max_bits, lengths.astype(np.intp)    # np.bincount takes no wider integers
    counts = np.bincount(lengths.ravel(), minlength=max_bits + 1)[1:]
    for group in (lengths.ravel(), *(lengths.T if len(lengths) > 1 else ())):
        group_counts, mean = np.bincount(group, minlength=max_bits + 1)[1:], group.size / max_bits
        if abs(_deviation(((group_counts - mean) ** 2 / mean).sum(), max_bits - 1)) > TOO_FAR:
            one_row_full = len(lengths) > 1 and (lengths == max_bits).all(axis=0).any()
            ends, inside = counts[[0, -1]], counts[1:-1].mean()
            mistake = ("row-always-full" if one_row_full else "ends-half" if (np.abs(ends / inside - 0.5) < 0.1).all()
                       else "clipped-length" if (np.abs(ends / inside - 2) < 0.25).any() else "not-uniform")
            rare, often = (", ".join(map(str, np.flatnonzero(sign * (counts - expected) > 0.1 * expected)[:6] + 1))
                           for sign in (-1, 1))
            query.fail(f"each length about {expected:.0f} times", f"1: {counts[0]}, 2: {counts[1]}, … {max_bits - 1}: "
                       f"{counts[-2]}, {max_bits}: {counts[-1]} times", WORDS[mistake].format(
                           end=max_bits if ends[1] > ends[0] else 1, rare=rare or "none", often=often or "none"))


def _require_own_generator(seed: int, other_seed: int) -> None:
    (query, first), (_, again), (_, different) = (_draw_lengths(40, 50, value) for value in (seed, seed, other_seed))
    if len(np.unique(first)) == len(first):         # by chance, once in ten billion runs
        Query(query.text, SEEDS).fail("some lengths more than once", "no length twice", WORDS["dependent"])
    if not np.array_equal(first, again):
        Query(f"{query.text}, called twice", SEEDS).fail(
            "the same lengths, because the seed is the same", "different lengths", WORDS["other-generator"])
    if np.array_equal(first, different):
        Query(f"{query.text}, and with default_rng({other_seed})", SEEDS).fail(
            "different lengths, because the seeds differ", "the same lengths", WORDS["seed-inside"])
