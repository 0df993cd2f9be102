"""Test the summaries of training curves."""

import numpy as np
import pytest

from parity_lib.training import History
from parity_study.experiments import recipes


def test_a_curve_has_the_mean_of_each_interval():
    history = History(loss=[float(i) for i in range(600)])
    curve = recipes.curve(history)
    assert len(curve["step"]) == 60
    assert curve["step"][0] == 10
    assert curve["step"][-1] == 600
    assert curve["loss"][0] == 4.5


def test_half_fall_share_of_a_line_is_a_half_and_of_a_cliff_nearly_nothing():
    line = np.linspace(1, 0, 1000)
    cliff = np.where(np.arange(1000) < 700, 1.0, 0.0)
    assert recipes.half_fall_share(line) == pytest.approx(0.5, abs=0.02)
    assert recipes.half_fall_share(cliff) <= 0.01


def test_half_fall_share_without_steps_to_compare_is_one():
    assert recipes.half_fall_share([0.7] * recipes.SMOOTHED_OVER) == 1.0
