"""A benchmark of grading: stock nbgrader, the sandbox, and the sandbox with two submissions at a time.

Each way grades the same class in a course of its own. The ways take turns, so that a busy machine slows all of them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

EXERCISE = "unrolling"
STUDENTS, ROUNDS = 6, 3
STOCK_CONFIG = r"""
c = get_config()
c.CourseDirectory.course_id = "one-bit-of-memory"
c.CourseDirectory.source_directory, c.CourseDirectory.release_directory = "solutions", "exercises"
c.IgnorePattern.enabled, c.IgnorePattern.pattern = True, r"[\s\S]*"
"""
PARITY = ["-c", "from parity_lib.cli import main; main()", "grade"]
WAYS = {"nbgrader": ["-m", "nbgrader", "autograde"], "sandbox": PARITY, "sandbox, 2 jobs": [*PARITY, "--jobs=2"]}


def make_course(root: Path, folder: Path, name: str, way: str, students: int) -> Path:
    """Create a course in ``folder`` in which every student has handed in the solved notebook, and return ``folder``."""
    for tree in ("solutions", "exercises"):
        shutil.copytree(root / tree / name, folder / tree / name)
    if way == "nbgrader":
        (folder / "nbgrader_config.py").write_text(STOCK_CONFIG, encoding="utf-8")
    else:
        shutil.copy(root / "nbgrader_config.py", folder)
    for number in range(students):
        shutil.copytree(root / "solutions" / name, folder / "submitted" / f"student-{number:03}" / name)
    run_python(folder, "-m", "nbgrader", "generate_assignment", name, "--force")
    return folder


def run_python(folder: Path, *arguments: str) -> float:
    """Run Python with these arguments in ``folder`` and return the seconds it took. Raise OSError if it fails."""
    # nbgrader starts alembic by name, so the folder of this Python has to be on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"OMP_NUM_THREADS": "1", "JUPYTER_NO_CONFIG": "1", "PATH": path, "PARITY_PROGRESS": "0"}
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(arguments[:3])} failed: {done.stderr[-2000:]}")
    return time.perf_counter() - start


def run(root: Path, names: list[str], quick: bool, report: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Return the median seconds per submission, by exercise and way, and pass a line for each exercise to ``report``.

    The seconds contain a share of the start of the command. Raise OSError if a command fails.
    """
    medians = {}
    students, rounds = (2, 1) if quick else (STUDENTS, ROUNDS)
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            courses = {way: make_course(root, Path(place, name, way), name, way, students) for way in WAYS}
            seconds: dict[str, list[float]] = {way: [] for way in WAYS}
            for _ in range(rounds):
                for way, folder in courses.items():
                    seconds[way].append(run_python(folder, *WAYS[way], name, "--force") / students)
            medians[name] = {way: statistics.median(values) for way, values in seconds.items()}
            report(line(name, medians[name]))
    return medians


def heading() -> str:
    """Return the heading of the table that :func:`run` reports."""
    return f"{'seconds per submission':24}" + "".join(f"{way:>20}" for way in WAYS)


def line(name: str, medians: dict[str, float]) -> str:
    """Return an exercise's row of the table: the seconds of each way, and its speed relative to stock nbgrader."""
    cells = [f"{median:.2f} ({medians['nbgrader'] / median:.2f}x)" for median in medians.values()]
    return f"{name:24}" + "".join(f"{cell:>20}" for cell in cells)
