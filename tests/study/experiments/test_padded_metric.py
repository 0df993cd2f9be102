"""Test that the measured accuracies of many batches are close to the expected ones."""

import pytest

from parity_study.experiments import padded_metric


@pytest.mark.parametrize("name", ["training", "evaluation"])
def test_the_expected_metric_is_that_of_many_batches(name):
    results = padded_metric.run(batches=40)[name]
    steps, batch_size = (50, 8) if name == "training" else (75, 500)
    mean_length = {"course": (steps + (batch_size - 1) * steps / 2) / batch_size, "uniform": (steps + 1) / 2}
    for lengths, row in results.items():
        # The label is "even" at all padded positions and, on average, at half of the others.
        assert row["accuracy_with_padding"] == pytest.approx(1 - mean_length[lengths] / steps / 2, abs=0.04)
        assert row["accuracy_on_real"] == pytest.approx(0.5, abs=0.04)
