"""Counts of the graders' decisions for the page *Trust*: `python -m tests.trust` writes them to trust.json.

Name parts, such as `bank mutants`, to measure only these; all of them take more than an hour. Each part has the date
and the processor of its measurement, and no test compares it with the files that the banks contain today.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from joblib import Parallel, delayed

from parity_checks.points import POINTS
from parity_study.experiments.result_files import cpu_model, today
from tests.exercises import course
from tests.hostile import bank as hostile
from tests.hostile import batch
from tests.mutants import mutants
from tests.submissions import bank
from tests.submissions.test_correct_answers import SEEDS, TRAINING, failures

FILE = Path(__file__).with_name("trust.json")


def bank_counts(exercise: str) -> dict[str, int]:
    """Count the submissions of the bank that get what they deserve, graded in this process."""
    return _counts(exercise, {item.path.stem: bank.score(item) for item in bank.bank(exercise)})


def nbgrader_counts(exercise: str) -> dict[str, int]:
    """Count the same submissions after `nbgrader autograde`."""
    with tempfile.TemporaryDirectory() as folder:
        graded = course.grade_batch(Path(folder) / "course", exercise, {
            item.path.stem: course.hand_in(item) for item in bank.bank(exercise)}).graded
    return _counts(exercise, {student: result.outcomes for student, result in graded.items()})


def _counts(exercise: str, outcomes: dict[str, dict[str, bank.Outcome]]) -> dict[str, int]:
    counts = dict.fromkeys(("correct", "correct_kept", "wrong", "wrong_lost"), 0)
    for item in bank.bank(exercise):
        kind, as_deserved = ("wrong", "wrong_lost") if item.loses else ("correct", "correct_kept")
        counts[kind] += 1
        counts[as_deserved] += not bank.complaints(item, outcomes[item.path.stem])
    return counts


def mutant_counts(exercise: str) -> dict[str, int]:
    """Count the mutants of the model answers, those that are correct answers, and those that lose points."""
    every, equivalents = mutants.mutants(exercise), mutants.equivalents()
    wrong = [mutant for mutant in every if mutant.name not in equivalents]
    return {"mutants": len(every), "equivalent": len(every) - len(wrong),
            "killed": sum(not mutants.survives(mutant) for mutant in wrong)}


def seed_counts(exercise: str) -> dict[str, int]:
    """Count how often correct submissions are graded with another seed, and how often they are rejected."""
    notebooks = [bank.notebook(item) for item in bank.bank(exercise) if not item.loses]
    checks = [check for check in POINTS[exercise] if check not in TRAINING]
    rejections = failures(exercise, mutants.solution(exercise), POINTS[exercise])
    for notebook in notebooks:
        rejections += failures(exercise, notebook, checks)
    return {"submissions": 1 + len(notebooks), "rejected": len(rejections),
            "graded": len(SEEDS) * (len(POINTS[exercise]) + len(notebooks) * len(checks))}


def hostile_counts(command: str) -> dict[str, int]:
    """Count the hostile submissions that get what they deserve, graded in one batch by a command."""
    submissions = hostile.bank()
    with tempfile.TemporaryDirectory() as folder:
        graded = batch.run(batch.prepared(Path(folder) / "course", submissions), *batch.COMMANDS[command])
        wrong = batch.wrong(graded, submissions, stock=command == "nbgrader autograde")
    print(*wrong.values(), sep="\n", file=sys.stderr)
    return {"submissions": len(submissions), "kinds": len({submission.kind for submission in submissions}),
            "as_deserved": len(submissions) - len(wrong)}


PARTS: dict[str, tuple[Callable[[str], dict[str, int]], list[str]]] = {
    "hostile": (hostile_counts, list(batch.COMMANDS)), "nbgrader": (nbgrader_counts, list(POINTS)),
    "seeds": (seed_counts, list(POINTS)), "mutants": (mutant_counts, list(POINTS)), "bank": (bank_counts, list(POINTS))}


def measure(part: str, name: str) -> dict[str, int]:
    """Return the counts of one part for one exercise or one command."""
    torch.set_num_threads(1)
    if part in ("seeds", "mutants", "bank"):        # graded in this process, as when nbgrader grades
        os.environ["NBGRADER_EXECUTION"] = "autograde"
    with contextlib.redirect_stdout(io.StringIO()):
        return PARTS[part][0](name)


def main(parts: list[str]) -> None:
    """Measure the named parts, or all, and write each to the file when it is complete."""
    stored = json.loads(FILE.read_text(encoding="utf8"))
    for part in parts or PARTS:
        names = PARTS[part][1]
        counts = Parallel(n_jobs=-1)(delayed(measure)(part, name) for name in names)
        stored[part] = {"date": today(), "cpu": cpu_model(), "counts": dict(zip(names, counts, strict=True))}
        FILE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf8")
        print(part, stored[part], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
