"""Test Wilson's interval and quantiles of the number of updates."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from parity_lib.statistics import updates_to_solve, wilson_interval


@pytest.mark.parametrize(("successes", "count", "low", "high"), [
    (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662),
])
def test_wilson_interval_has_its_published_values(successes, count, low, high):
    assert wilson_interval(successes, count) == pytest.approx((low, high), abs=1e-4)


@settings(deadline=None)     # the first call imports SciPy
@given(st.integers(1, 500), st.data())
def test_wilson_interval_contains_the_rate_and_is_symmetric(count, data):
    successes = data.draw(st.integers(0, count))
    low, high = wilson_interval(successes, count)
    assert 0 <= low <= successes / count + 1e-12
    assert successes / count - 1e-12 <= high <= 1
    assert wilson_interval(count - successes, count) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(("successes", "count", "named"), [(1, 0, "count"), (-1, 5, "successes"), (6, 5, "successes")])
def test_wilson_interval_names_the_wrong_argument(successes, count, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        wilson_interval(successes, count)


@given(st.lists(st.none() | st.integers(1, 1000), min_size=1, max_size=30), st.integers(1, 99))
def test_updates_to_solve_are_a_quantile_of_the_kaplan_meier_curve(updates, percent):
    times = [1001 if update is None else update for update in updates]
    curve = ecdf(CensoredData.right_censored(times, [update is None for update in updates])).sf
    fallen = curve.quantiles[curve.probabilities <= 1 - percent / 100 + 1e-9]
    assert updates_to_solve(updates, percent / 100) == (fallen[0] if len(fallen) and fallen[0] <= 1000 else None)


def test_updates_to_solve_name_the_wrong_share():
    with pytest.raises(ValueError, match=r"^share must be"):
        updates_to_solve([100], 0)
