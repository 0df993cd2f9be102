"""Correct answers keep their points for every seed with which a check draws its cases, and mistakes are named."""

import importlib

import pytest
import torch

import parity_checks as checks
from parity_checks.no_teacher_forcing import loops
from parity_checks.points import POINTS
from tests.submissions import bank

SEEDS = range(1, 101)
TRAINING = {"learns", "trained_short", "trained_long"}     # these checks take seconds each


def failures(exercise, nb, names, seeds=SEEDS):
    """Return the name, seed and message of each check that fails."""
    module, failed = importlib.import_module(f"parity_checks.{exercise}"), []
    with bank.answers(nb):
        for name in names:
            for seed in seeds:
                try:
                    getattr(module, name)(seed=7919 * seed)
                except checks.CheckFailed as failure:
                    failed.append((name, seed, str(failure)))
    return failed


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


RIGHT = [submission.name for submission in bank.bank() if submission.path.stem.startswith("right_")]


@pytest.mark.weekly
@pytest.mark.parametrize("name", RIGHT)
def test_a_correct_submission_passes_with_other_seeds(name):
    submission, start = bank.named(name), 10 * RIGHT.index(name) % len(SEEDS)     # together they try all seeds
    names = [name for name in POINTS[submission.exercise] if name not in TRAINING]
    assert failures(submission.exercise, bank.notebook(submission), names, SEEDS[start:start + 10]) == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", POINTS)
def test_model_answer_passes_with_other_seeds(exercise):
    nb = bank.authoring.notebook(bank.published(exercise))
    untrained = [name for name in POINTS[exercise] if name not in TRAINING]
    assert failures(exercise, nb, untrained, SEEDS[:10]) == []
    assert failures(exercise, nb, TRAINING & set(POINTS[exercise]), SEEDS[:1]) == []


@pytest.mark.parametrize(("row", "check", "cause"), [
    ("no_teacher_forcing/wrong_adamw", "trained_short", "other-optimiser"),
    ("no_teacher_forcing/wrong_strings_reversed", "trained_short", "bits-reversed"),
    ("lstm_comparison/wrong_memory_leaks", "memory_cell", "leaks")])
def test_a_mistake_that_takes_a_search_is_named(row, check, cause):
    module = importlib.import_module(f"parity_checks.{row.partition('/')[0]}")
    with bank.answers(bank.notebook(bank.named(row))), pytest.raises(checks.CheckFailed) as failure:
        getattr(module, check)(seed=7919)
    assert failure.value.cause == cause


@pytest.mark.slow
def test_a_training_that_is_sensitive_to_rounding_keeps_its_points():
    with bank.answers(bank.notebook(bank.named("no_teacher_forcing/right_other_kinds"))):
        loops.follow(140, 99)   # a sensitive seed, and an answer that trains in float64


@pytest.mark.parametrize(("before", "differs_from", "passes"), [(1e-5, 60, True), (1e-7, 60, False), (1e-5, 20, False)])
def test_other_seeds_decide_only_if_rounding_may_explain_a_difference(monkeypatch, before, differs_from, passes):
    def distance(training, updates):
        return 0 if training.task["seed"] else 1 if updates >= differs_from else before

    monkeypatch.setattr(loops.StudentTraining, "distance", distance)
    monkeypatch.setattr(loops.StudentTraining, "train", lambda training, updates: torch.full((361,), float(updates)))
    monkeypatch.setattr(loops, "_cause", lambda training, last: (f"[cause] after {last}", "training"))
    if passes:
        assert loops.follow(140, 0)[1].bias == 140
    else:
        with pytest.raises(checks.CheckFailed, match=f"after {differs_from - 1}"):
            loops.follow(140, 0)
