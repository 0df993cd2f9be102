"""Grading in parallel: every submission is graded once, whatever happens to a process, and no process is left."""

import os
from pathlib import Path

import psutil
import pytest

from parity_grading import grade


@pytest.fixture
def graded(tmp_path):
    """A function that "grades" submissions in parallel: the student's id says what happens to the process."""
    def task(folder):      # joblib sends a function that is defined in a function by value
        import os
        import signal
        import time
        from types import SimpleNamespace

        student, seen = folder.parent.name, tmp_path / f"{folder.parent.name}.seen"
        if student.startswith("fatal") or (student.startswith("fragile") and not seen.exists()):
            seen.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(30 if student.startswith("slow") else 0.05)
        (tmp_path / f"{student}.done").touch()
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        return SimpleNamespace(student=student, state="graded", process=os.getpid(), cores=cores)

    def graded(*students, jobs=2):
        return grade._grade_in_parallel(task, [Path("submitted", student, "unrolling") for student in students], jobs)
    return graded


def workers() -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if "LokyProcess" in str(process.cmdline())]


@pytest.mark.slow
def test_every_submission_is_graded_once_by_two_processes_that_share_no_core(graded):
    students = [f"student-{number:02}" for number in range(20)]
    rows = list(graded(*students))
    assert sorted(row.student for row in rows) == students
    assert len({row.process for row in rows}) == 2
    if hasattr(os, "sched_getaffinity"):        # only Linux keeps a process on one core
        assert {tuple(row.cores) for row in rows} == {(core,) for core in sorted(os.sched_getaffinity(0))[:2]}
    assert workers() == []


@pytest.mark.slow
def test_a_killed_process_costs_at_most_its_own_submission(graded):
    rows = list(graded("ada", "fragile", "emmy", "fatal", "fragile-too", "grace"))
    assert {row.student: row.state for row in rows} == dict.fromkeys(
        ["ada", "emmy", "fragile", "fragile-too", "grace"], "graded") | {"fatal": "failed"}
    assert len(rows) == 6
    assert "were killed" in next(row.notes[0] for row in rows if row.student == "fatal")
    assert workers() == []


def test_an_interrupted_run_stops_its_processes_and_starts_nothing_more(graded, tmp_path):
    rows = graded("ada", "slow", "emmy", "slow-too")
    next(rows)
    assert workers() != []
    rows.close()        # as Ctrl-C does
    assert workers() == []
    assert not list(tmp_path.glob("slow*.done")), "it waited for the slow ones"
