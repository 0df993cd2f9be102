"""Correct answers keep their points for every seed with which a check draws its cases."""

import contextlib
import importlib
import io

import pytest
import torch

import parity_checks as checks
from parity_checks.no_teacher_forcing import loops, training_reference
from parity_checks.points import POINTS
from tests.submissions import bank

SEEDS = range(1, 101)        # tests.trust tries all of them with each answer
TRAINING = {"learns", "trained_short", "trained_long"}     # these checks take seconds each


@contextlib.contextmanager
def answers(nb):
    """Run a notebook without its test cells, and let the checks use its names within a ``with`` block."""
    namespace = {"__name__": "__main__"}
    checks.bind(namespace)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for cell in nb.cells:
                if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
                    with contextlib.suppress(Exception):    # a cell may expect another type
                        exec(compile(cell.source, f"<{cell.id}>", "exec"), namespace)
            yield
    finally:
        checks.bind(None)


def failures(exercise, nb, names, seeds=SEEDS):
    """Return the name, seed and message of each check that fails."""
    module, failed = importlib.import_module(f"parity_checks.{exercise}"), []
    with answers(nb):
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


@pytest.mark.slow
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
    assert failures(exercise, nb, untrained, SEEDS[:50]) == []
    assert failures(exercise, nb, TRAINING & set(POINTS[exercise]), SEEDS[:5]) == []


@pytest.mark.slow
def test_a_training_that_is_sensitive_to_rounding_keeps_its_points():
    with answers(bank.notebook(bank.named("no_teacher_forcing/right_other_kinds"))):
        loops.follow(140, 99)   # a sensitive seed, and an answer that trains in float64


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "agree"), [(training_reference.RATE, True), (0.9 * training_reference.RATE, False)])
def test_parts_are_followed_from_the_weights_before_them(rate, agree):
    torch.manual_seed(5)
    start = training_reference.weights_of(training_reference.new_network())

    def at(steps):
        loop = training_reference.Loop(start, 5)
        loop.run(min(steps, 20))
        loop.optimizer.param_groups[0]["lr"] = rate
        return loop.run(max(steps - 20, 0))

    assert loops.agree_in_parts(at, training_reference.Loop(start, 5), 10, 30) is agree
    assert loops.agree_in_parts(at, training_reference.Loop(start, 5), 10, 20)
