"""The stored counts: no wrong answer passes a check that trains, and every right answer does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parity_checks.no_teacher_forcing import loops as check
from tests.submissions.no_teacher_forcing.calibration import ANSWERS, ASKED

STORED = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", STORED["rows"], ids=lambda row: f"{row['answer']}-{row['check']}")
def test_whole_check_tells_right_from_wrong(row):
    assert row["seeds"] >= 100
    assert row["checks"] == row["seeds"] - 2
    assert row["checks_passed"] == (0 if row["answer"].startswith("wrong_") else row["checks"])


def test_counts_are_complete_and_of_the_settings_that_are_graded():
    assert {(row["answer"], row["check"]) for row in STORED["rows"]} == {(a, c) for a in ANSWERS for c in ASKED}
    about = STORED["about"]
    assert (about["max_length"], about["steps"]) == (check.LONGEST, check.STEPS)
    assert (about["first_steps"], about["near"]) == (check.FIRST_STEPS, check.NEAR)
