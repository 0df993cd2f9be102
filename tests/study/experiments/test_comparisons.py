"""Compare the statistics of two conditions with published values and with their definitions."""

import pytest

from parity_study.comparisons import difference_interval, equivalent_rates, holm, logrank_p


@pytest.mark.parametrize(("first", "second", "low", "high"), [  # Newcombe 1998, table II, method 10
    ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((10, 10), (0, 20), 0.6791, 1.0),
])
def test_difference_interval_has_its_published_values(first, second, low, high):
    assert difference_interval(first, second) == pytest.approx((low, high), abs=1e-4)
    assert difference_interval(second, first) == pytest.approx((-high, -low), abs=1e-4)


def test_equivalence_needs_enough_runs_and_not_only_equal_rates():
    assert equivalent_rates((20, 20), (20, 20), 0.2)
    assert not equivalent_rates((10, 20), (10, 20), 0.2), "too few runs"
    assert equivalent_rates((1000, 2000), (1010, 2000), 0.2)
    assert not equivalent_rates((1000, 2000), (1600, 2000), 0.2)


def test_holm_has_the_values_of_its_definition():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_logrank_p_notices_that_few_runs_solve_fast():
    fast = [100] * 10 + [None] * 90
    slow = [400 + place for place in range(100)]
    assert logrank_p(fast, 1000, slow, 1000) < 1e-6
    assert logrank_p(slow, 1000, slow, 1000) == pytest.approx(1)
