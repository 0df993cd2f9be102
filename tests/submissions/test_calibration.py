"""In the stored counts of the checks that train, no wrong answer passes, and correct ones pass by a margin."""

import json
from pathlib import Path

import pytest
import torch

from parity_checks.architecture import building
from parity_checks.no_teacher_forcing import loops
from tests.submissions import disturbed

MARGIN = 0.04


def stored(exercise):
    return json.loads(Path(__file__).with_name(f"calibrate_{exercise}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("exercise", ["architecture", "no_teacher_forcing"])
def test_no_wrong_answer_passes_and_correct_ones_always_do(exercise):
    for row in stored(exercise)["rows"]:
        assert row["checks_passed"] == (0 if row["answer"].startswith("wrong_") else row["checks"]), row
        assert row["checks"] == row["seeds"] - 2 >= 98
        if not row["answer"].startswith("wrong_"):      # three consecutive starts fail less than once in 1000 times
            assert row["seeds_passed"] >= 0.95 * row["seeds"], row


def test_the_counts_were_made_with_the_settings_of_the_checks():
    assert stored("architecture")["about"] == {"starts": 100, "updates": building.UPDATES, "tries": building.TRIES}
    about = stored("no_teacher_forcing")["about"]
    assert (about["max_length"], about["steps"]) == (loops.LONGEST, loops.STEPS)
    assert (about["first_steps"], about["near"]) == (loops.FIRST_STEPS, loops.NEAR)


def test_with_disturbed_weights_the_solution_passes_by_a_margin():
    updates = stored("architecture")["disturbed"]["updates"]
    assert len(updates) == disturbed.TIMES
    assert max(updates) <= building.UPDATES / 2
    accuracies = stored("no_teacher_forcing")["disturbed"]["shares"]
    for check, least in (("trained_short", loops.SHORT[2]), ("trained_long", loops.LONG[2])):
        assert len(accuracies[check]) == disturbed.TIMES
        assert min(accuracies[check]) >= least + MARGIN


def test_disturbed_weights_differ_by_a_millionth_and_leave_the_generator_alone():
    def weights_and_next_draw(*numbers):
        torch.manual_seed(0)
        if not numbers:
            return torch.nn.LSTM(1, 3).weight_hh_l0, torch.rand(1)
        with disturbed.weights(*numbers):
            return torch.nn.LSTM(1, 3).weight_hh_l0, torch.rand(1)

    (plain, draw), (moved, draw_after), (again, _), (differently, _) = map(
        lambda numbers: weights_and_next_draw(*numbers), [(), (1,), (1,), (2,)])
    assert 0 < (moved / plain - 1).abs().max() < 1e-5
    assert torch.equal(moved, again)
    assert not torch.equal(moved, differently)
    assert torch.equal(draw, draw_after)
