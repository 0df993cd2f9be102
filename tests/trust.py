"""What was measured about the graders, for the page *Trust*: `python -m tests.trust` writes trust.json, in an hour.

Each part counts what a test of the same name asserts: the bank of hand-ins, in this process and through nbgrader;
mutants of the model answers; right answers asked again with other seeds; the hostile hand-ins. What is there
already is kept; name parts, such as `bank mutants`, to count these alone, and again.
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
from typing import Any

import torch
from joblib import Parallel, delayed

from parity_checks.points import POINTS
from parity_study.experiments.result_files import cpu_model, today
from tests.exercises import course
from tests.hostile import bank as hostile
from tests.hostile import test_hostile
from tests.mutants import mutants
from tests.submissions import bank
from tests.submissions.test_right_answers import SEEDS, TRAIN, failures

FILE = Path(__file__).with_name("trust.json")
EXERCISES = [*POINTS]


def banked(exercise: str) -> dict[str, Any]:
    """Right hand-ins that keep all points, and wrong ones that lose those of their mistake with its message."""
    return _as_expected(exercise, {one.name: bank.score(one) for one in bank.bank(exercise)})


def through_nbgrader(exercise: str) -> dict[str, Any]:
    """The same, by nbgrader's own command."""
    hand_ins = {one.path.stem: one for one in bank.bank(exercise)}
    with tempfile.TemporaryDirectory() as folder:
        batch = course.grade_batch(Path(folder) / "course", exercise,
                                   {name: course.hand_in(one) for name, one in hand_ins.items()})
    return _as_expected(exercise, {one.name: batch.graded[name].outcomes for name, one in hand_ins.items()})


def _as_expected(exercise: str, outcomes: dict[str, dict[str, bank.Outcome]]) -> dict[str, Any]:
    found: dict[str, Any] = {"right": 0, "right_kept": 0, "wrong": 0, "wrong_lost": 0, "not": []}
    for one in bank.bank(exercise):
        kind, done = ("wrong", "wrong_lost") if one.loses else ("right", "right_kept")
        found[kind] += 1
        complaints = bank.complaints(one, outcomes[one.name])
        found[done] += not complaints
        found["not"] += [f"{one.name}: {'; '.join(complaints)[:300]}"] if complaints else []
    return found


def mutated(exercise: str) -> dict[str, Any]:
    """Mutants of the model answers: those that lose their points, and those that are right answers, with a reason."""
    every, equivalent = mutants.mutants(exercise), mutants.equivalents()
    others = [one for one in every if one.name not in equivalent]
    survivors = [one.name for one in others if mutants.survives(one)]
    return {"mutants": len(every), "equivalent": len(every) - len(others), "killed": len(others) - len(survivors),
            "not": survivors}


def asked_again(exercise: str) -> dict[str, Any]:
    """Right hand-ins with other seeds: how often a check was asked, and how often it turned one away."""
    asked, turned_away = 0, []
    solved = bank.authoring.notebook(bank.published(exercise))
    right = [(one.name, bank.notebook(one)) for one in bank.bank(exercise) if not one.loses]
    for name, notebook in [("model answer", solved), *right]:
        checks = [check for check in POINTS[exercise] if check not in TRAIN or name == "model answer"]
        asked += len(checks) * len(SEEDS)
        turned_away += [f"{name}: {check}, seed {seed}"
                        for check, seed, _ in failures(exercise, notebook, checks)]
    return {"hand_ins": 1 + len(right), "asked": asked, "turned_away": len(turned_away), "not": turned_away}


def hostile_hand_ins(command: str) -> dict[str, Any]:
    """The hostile bank in one batch: hand-ins that got what they deserve."""
    launch, stock = {"parity grade": (test_hostile.GRADE, False),
                     "nbgrader autograde": ("from nbgrader.apps.nbgraderapp import main; main()", True)}[command]
    with tempfile.TemporaryDirectory() as folder:
        graded = test_hostile.run(test_hostile.prepared(Path(folder) / "course", test_hostile.EVERY), launch,
                                  command.split()[1], hostile.EXERCISE)
        wrong = test_hostile.wrong(graded, test_hostile.EVERY, stock)
    return {"hand_ins": len(test_hostile.EVERY), "kinds": len({one.kind for one in test_hostile.EVERY}),
            "right": len(test_hostile.EVERY) - len(wrong), "not": sorted(wrong)}


PARTS: dict[str, tuple[Callable[[str], dict[str, Any]], list[str]]] = {
    "hostile": (hostile_hand_ins, ["parity grade", "nbgrader autograde"]),
    "nbgrader": (through_nbgrader, EXERCISES), "seeds": (asked_again, EXERCISES),
    "mutants": (mutated, EXERCISES), "bank": (banked, EXERCISES)}


def measure(part: str, name: str) -> tuple[str, str, dict[str, Any]]:
    """One part for one exercise, or for one command."""
    if part != "hostile" and part != "nbgrader":
        os.environ["NBGRADER_EXECUTION"] = "autograde"      # as the tests of these parts do
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(io.StringIO()):
        return part, name, PARTS[part][0](name) | {"date": today(), "cpu": cpu_model()}


def main(parts: list[str]) -> None:
    """Count the named parts, or what is not there yet."""
    known = json.loads(FILE.read_text(encoding="utf8")) if FILE.is_file() else {}
    wanted = [(part, name) for part, (_, names) in PARTS.items() for name in names
              if part in parts or (not parts and name not in known.get(part, {}))]
    for part, name, counts in Parallel(n_jobs=-1, return_as="generator_unordered")(
            delayed(measure)(*one) for one in wanted):
        known.setdefault(part, {})[name] = counts
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf8")
        print(part, name, counts, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
