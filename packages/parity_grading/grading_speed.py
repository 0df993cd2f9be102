"""A benchmark that compares the speed of `parity grade` with that of nbgrader's own command."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from parity_grading import bank
from parity_grading.course import load_course
from parity_grading.grade import read_points
from parity_grading.rehearsal import Rehearsal

NAME = "unrolling"
STOCK = '\nfor section in ("Autograde", "Execute", "IgnorePattern"):\n    c.pop(section, None)\n'
NBGRADER = [sys.executable, "-m", "nbgrader", "autograde", NAME, "--force"]
PARITY = [sys.executable, "-c", "from parity_book.cli import main; main()", "grade", NAME, "--force", "--jobs", "2"]
# What is compared: the command, and lines that are added to the settings.
PROGRAMS = {"stock nbgrader": (NBGRADER, STOCK), "nbgrader in the sandbox": (NBGRADER, ""),
            "parity grade, two jobs": (PARITY, "")}


def run(root: Path, count: int = 24, rounds: int = 2, report: Callable[[str], Any] = print) -> dict[str, float]:
    """Return the median time in seconds that each program takes to grade ``count`` copies of a model answer.

    The programs take turns, so that a busy machine slows down all of them. ``report`` is called with a line for each
    program. Raise ValueError if a submission does not get full marks.
    """
    seconds: dict[str, list[float]] = {program: [] for program in PROGRAMS}
    with tempfile.TemporaryDirectory(prefix="parity-benchmark-") as folder, contextlib.chdir(folder):
        course = Rehearsal(root, Path(folder).resolve(), NAME, everyone=False)
        model = course.students["s1"]
        course.students = {f"s{number}": model for number in range(count)}
        course.names = {student: f"model {student}" for student in course.students}
        course.release()
        released = nbformat.read(f"exercises/{NAME}/{NAME}.ipynb", as_version=4)
        for student in course.students:
            path = Path("submitted", student, NAME, f"{NAME}.ipynb")
            path.parent.mkdir(parents=True)
            nbformat.write(bank.fill_in(released, bank.solve(model, course.source)), path)
        settings = Path("nbgrader_config.py").read_text(encoding="utf-8")
        most = sum(course.points[cell["id"]] for cell in course.source.graded if cell["kind"] == "test")
        for _ in range(rounds):
            for program, (command, lines) in PROGRAMS.items():
                Path("nbgrader_config.py").write_text(settings + lines, encoding="utf-8")
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                seconds[program].append(time.perf_counter() - start)
                for student in course.students:
                    points = read_points(load_course(Path(folder)), student, NAME)
                    if points is None or points[0] != most:
                        raise ValueError(f"{program} gave {points} to the model answer, which deserves {most} points")
    medians = {program: statistics.median(times) for program, times in seconds.items()}
    for program, median in medians.items():
        ratio = medians["stock nbgrader"] / median
        report(f"{program:24} {median:6.1f} s for {count} submissions, {ratio:.2f} times as fast as stock nbgrader")
    return medians
