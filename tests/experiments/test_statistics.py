"""Statistics: success rates, their differences and likeness, and steps to a solution."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity_lib.experiments.statistics import (
    alike,
    difference_interval,
    difference_p,
    holm,
    median_steps,
    steps_p,
    wilson_interval,
)


@pytest.mark.parametrize(("successes", "count", "low", "high"), [
    (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662),
])
def test_wilson_interval_has_its_published_values(successes, count, low, high):
    assert wilson_interval(successes, count) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_wilson_interval_holds_the_rate_and_mirrors(count, data):
    successes = data.draw(st.integers(0, count))
    low, high = wilson_interval(successes, count)
    assert 0 <= low <= successes / count + 1e-12
    assert successes / count - 1e-12 <= high <= 1
    assert wilson_interval(count - successes, count) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(("successes", "count", "named"), [(1, 0, "count"), (-1, 5, "successes"), (6, 5, "successes")])
def test_wilson_interval_names_what_is_wrong(successes, count, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        wilson_interval(successes, count)


@pytest.mark.parametrize(("one", "other", "low", "high"), [  # Newcombe 1998, table II, method 10
    ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((10, 10), (0, 20), 0.6791, 1.0),
])
def test_difference_interval_has_its_published_values(one, other, low, high):
    assert difference_interval(one, other) == pytest.approx((low, high), abs=1e-4)
    assert difference_interval(other, one) == pytest.approx((-high, -low), abs=1e-4)


def test_alike_needs_runs_and_not_only_equal_rates():
    assert alike((20, 20), (20, 20), 0.2)
    assert not alike((10, 20), (10, 20), 0.2), "too few to tell"
    assert alike((1000, 2000), (1010, 2000), 0.2)
    assert not alike((1000, 2000), (1600, 2000), 0.2)


def test_difference_p_is_small_where_rates_differ():
    assert difference_p((20, 20), (0, 20)) < 1e-9
    assert difference_p((10, 20), (10, 20)) == 1


def test_holm_has_the_values_of_its_definition():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_median_steps_counts_the_runs_that_were_given_up():
    assert median_steps([100, 200, None, 300], cap=1000) == 200
    assert median_steps([100, None, None, None], cap=1000) is None
    assert median_steps([50, 60], cap=1000) == 50
    assert median_steps([100, 200, 300, 400, 500], cap=1000) == 300


def test_steps_p_sees_that_few_solve_fast():
    fast = [100] * 10 + [None] * 90
    slow = [400 + place for place in range(100)]
    assert steps_p(fast, 1000, slow, 1000) < 1e-6
    assert steps_p(slow, 1000, slow, 1000) == pytest.approx(1)
