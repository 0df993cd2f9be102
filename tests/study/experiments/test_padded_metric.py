"""Test that the measured accuracies of many batches are close to the expected ones."""

import pytest

from parity_study.experiments import padded_metric


@pytest.mark.parametrize("name", ["training", "evaluation"])
def test_the_expected_metric_is_that_of_many_batches(name):
    results = padded_metric.run(batches=40)[name]
    for lengths in ("course", "uniform"):
        row = results[lengths]
        assert row["padding_share"] == pytest.approx(row["expected_padding_share"], abs=0.06)
        assert row["accuracy_with_padding"] == pytest.approx(row["expected_accuracy_with_padding"], abs=0.04)
