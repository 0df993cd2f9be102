"""How long a hand-in takes to be graded: by nbgrader alone, behind the wall, there with PyTorch loaded, two at a time.

Each way grades the same solved notebooks in a course and a process of its own; they take turns, so that a busy machine
slows all of them. Two at a time are graded by ``parity grade --jobs 2``; a hand-in then counts with what it adds to the
time of the class, which is half of its own where there are two cores.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

# At least so many times as fast as nbgrader alone, for EXERCISE, on two cores.
TARGETS = {"contained": 1.2, "warm": 3.5, "two jobs": 2.2, "two jobs, warm": 6.0}
EXERCISE = "unrolling"
STUDENTS = 5
ROUNDS = 3
ALONE = """
c = get_config()
c.CourseDirectory.course_id = "one-bit-of-memory"
c.CourseDirectory.source_directory, c.CourseDirectory.release_directory = "solutions", "exercises"
c.IgnorePattern.enabled, c.IgnorePattern.pattern = True, r"[\\s\\S]*"
"""
WARM = "c = get_config()\nc.Execute.warm = True\n"
WAYS = {"stock": "", "contained": "", "warm": WARM, "two jobs": "", "two jobs, warm": WARM}
JOBS = {"two jobs": 2, "two jobs, warm": 2}
GRADE = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import torch
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
app = NbGraderApp.instance()
app.initialize(argv=["--log-level=CRITICAL"])
app.coursedir.assignment_id = sys.argv[1]
seconds = []
for student in json.loads(sys.argv[2]):
    app.coursedir.student_id = student
    began = time.perf_counter()
    converter = Autograde(coursedir=app.coursedir, parent=app)
    converter.force = True
    converter.start()
    seconds.append(time.perf_counter() - began)
print(json.dumps(seconds))
"""
AT_A_TIME = """
import json, sys, time
from pathlib import Path
from parity_lib.teaching.grade import grade
done = []
for row in grade(Path.cwd(), sys.argv[1], force=True, jobs=int(sys.argv[2])):
    assert row.state == "graded", row
    done.append(time.perf_counter())
print(json.dumps(done))
"""


def course(root: Path, folder: Path, name: str, way: str, students: int) -> Path:
    """A course with a class of students who all hand in the solved notebook, and its gradebook."""
    for tree in ("solutions", "exercises"):
        shutil.copytree(root / tree / name, folder / tree / name)
    if way == "stock":
        (folder / "nbgrader_config.py").write_text(ALONE, encoding="utf-8")
    else:
        shutil.copy(root / "nbgrader_config.py", folder)
        (folder / "private").mkdir()
        (folder / "private" / "nbgrader_config.py").write_text(WAYS[way], encoding="utf-8")
    for number in range(students):
        shutil.copytree(root / "solutions" / name, folder / "submitted" / f"student-{number:03}" / name)
    _run(folder, "-m", "nbgrader", "generate_assignment", name, "--force")
    return folder


def seconds(folder: Path, name: str, students: list[str]) -> list[float]:
    """What each of these students' hand-ins takes, in one process."""
    return json.loads(_run(folder, "-c", GRADE, name, json.dumps(students)).splitlines()[-1])


def seconds_at_a_time(folder: Path, name: str, jobs: int) -> list[float]:
    """What each hand-in adds to the time of the class, by processes that have all begun."""
    done = json.loads(_run(folder, "-c", AT_A_TIME, name, str(jobs)).splitlines()[-1])
    return [(after - before) / jobs for before, after in zip(done[jobs - 1:], done[2 * jobs - 1:])]


def _run(folder: Path, *arguments: str) -> str:
    # nbgrader starts a program of its database by its name.
    found = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    variables = os.environ | {"OMP_NUM_THREADS": "1", "JUPYTER_NO_CONFIG": "1", "PATH": found, "PARITY_PROGRESS": "0"}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=variables, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(arguments[:3])} failed: {done.stderr[-2000:]}")
    return done.stdout


def run(root: Path, names: list[str], quick: bool, report: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """The median seconds of a hand-in, by exercise and way. ``report`` gets a line for each exercise.

    Raises OSError where a grading fails.
    """
    found = {}
    rounds, students = (1, 2) if quick else (ROUNDS, STUDENTS)
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            courses = {way: course(root, Path(place, name, way), name, way, students * JOBS.get(way, 1))
                       for way in WAYS}
            taken: dict[str, list[float]] = {way: [] for way in WAYS}
            for _ in range(rounds):
                for way, folder in courses.items():
                    if way in JOBS:
                        taken[way] += seconds_at_a_time(folder, name, JOBS[way])
                    else:   # the first starts what the others share
                        taken[way] += seconds(folder, name, sorted(os.listdir(folder / "submitted")))[1:]
            found[name] = {way: statistics.median(many) for way, many in taken.items()}
            report(line(name, found[name]))
    return found


def heading() -> str:
    """The head of the table."""
    return f"{'exercise':24}" + "".join(f"{way:>24}" for way in WAYS)


def line(name: str, medians: dict[str, float]) -> str:
    """An exercise's seconds, and how many times as fast as nbgrader alone; whether a target was met."""
    cells = []
    for way, median in medians.items():
        ratio = medians["stock"] / median
        target = TARGETS.get(way) if name == EXERCISE else None
        missed = " NOT MET" if target and ratio < target else ""
        cells.append(f"{median:.2f} s ({ratio:.2f}x){missed}")
    return f"{name:24}" + "".join(f"{cell:>24}" for cell in cells)
