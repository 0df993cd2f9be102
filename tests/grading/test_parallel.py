"""Grading in parallel: every submission once, whatever happens to a process, and no process is left."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from parity_grading import grade


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """A function that "grades" submissions in parallel: the student's id says what becomes of the process."""
    def worker(parent, root, name, folder, force):      # a function of a function travels to the workers as a whole
        import os
        import signal
        import time
        from types import SimpleNamespace

        student, seen = folder.parent.name, root / f"{folder.parent.name}.seen"
        if student.startswith("fatal") or (student.startswith("fragile") and not seen.exists()):
            seen.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60 if student.startswith("slow") else 0.05)
        return SimpleNamespace(student=student, state="graded", process=os.getpid())

    def fail(app, row, name, reason):
        row.state, row.why = "failed", reason
    monkeypatch.setattr(grade, "_grade_in_worker", worker)
    monkeypatch.setattr(grade, "fail", fail)
    app = SimpleNamespace(coursedir=SimpleNamespace(root=str(tmp_path)))

    def graded(*students, jobs=2):
        folders = [Path("submitted", student, "unrolling") for student in students]
        return grade._grade_in_parallel(app, folders, "unrolling", False, jobs)
    return graded


def workers() -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if "LokyProcess" in str(process.cmdline())]


def test_every_submission_is_graded_once_by_as_many_processes_as_asked_for(graded):
    students = [f"student-{number:02}" for number in range(20)]
    rows = list(graded(*students, jobs=3))
    assert sorted(row.student for row in rows) == students
    assert 1 < len({row.process for row in rows}) <= 3
    assert workers() == []


def test_a_submission_whose_process_was_killed_is_graded_again(graded):
    rows = list(graded("ada", "fragile", "emmy", "fragile-too", "grace"))
    assert {row.student: row.state for row in rows} == dict.fromkeys(
        ["ada", "emmy", "fragile", "fragile-too", "grace"], "graded")
    assert len(rows) == 5
    assert workers() == []


def test_one_whose_process_is_killed_each_time_fails_and_costs_no_other_submission(graded):
    rows = list(graded("ada", "fatal", "emmy", "grace"))
    assert {row.student: row.state for row in rows} == {
        "ada": "graded", "emmy": "graded", "fatal": "failed", "grace": "graded"}
    assert "was killed" in next(row.why for row in rows if row.student == "fatal")


def test_a_run_that_is_left_stops_what_is_at_work_and_starts_nothing_more(graded):
    start = time.monotonic()
    rows = graded("ada", "slow", "emmy", "slow-too")
    next(rows)
    assert workers() != []
    rows.close()        # as Ctrl-C does
    assert time.monotonic() - start < 30
    assert workers() == []
