"""The padded metric: the net that always says "even", and what it can be expected to score."""

import numpy as np
import pytest

from parity_lib import ParityTask
from parity_lib.experiments import load, padded_metric


def test_always_even_says_even_to_everything():
    batch = ParityTask(20).batch(50, np.random.default_rng(0))
    assert not (padded_metric.always_even()(batch.inputs) > 0).any()


def test_the_expected_metric_is_what_many_batches_give(quick):
    for name in ("training", "evaluation"):
        results = load("padded_metric", folder=quick)[name]
        for how in ("course", "uniform"):
            row = results[how]
            assert row["padding_share"] == pytest.approx(row["expected_padding_share"], abs=0.06)
            assert row["accuracy_with_padding"] == pytest.approx(row["expected_accuracy_with_padding"], abs=0.04)
