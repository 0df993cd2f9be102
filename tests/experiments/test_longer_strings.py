"""Longer strings: which nets count as exact."""

from parity_lib import by_hand
from parity_lib.experiments import longer_strings, padded_metric


def test_longer_strings_count_exact_nets():
    perfect, wrong = by_hand("tanh").float(), padded_metric.always_even()
    summary = longer_strings.evaluate_all([perfect, wrong], (5, 9), (30, 20))
    assert summary["solved"] == 2
    assert summary["exact"] == [1, 1]
    assert summary["bit_accuracy"][0] == [1.0, 1.0]
