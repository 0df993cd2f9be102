"""A grading that is killed, at any moment and in any part, ends with the points of an undisturbed one."""

import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.exercises import course
from tests.hostile import bank
from tests.hostile.batch import GRADE, points

pytestmark = [pytest.mark.whole, pytest.mark.weekly]

MISTAKES = {"correct": "", "mistaken": "\n\ndef unroll(xs, h0, U, V, b):\n    return h0"}
LONGEST = {1: 9.0, 2: 13.0}     # seconds until it is killed at the latest, by the number of jobs
SIGNALS = (signal.SIGKILL, signal.SIGHUP, signal.SIGINT)


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory) -> Path:
    """A course with a class of two, before anything is graded."""
    root = course.copy_course(tmp_path_factory.mktemp("kills") / "course", bank.EXERCISE)
    for student, mistake in MISTAKES.items():
        notebook = course.solution(bank.EXERCISE)
        bank.cell(notebook, "unroll").source += mistake
        course.submit(root, student, bank.EXERCISE, notebook)
    course.nbgrader(root, "generate_assignment", bank.EXERCISE, "--force")
    return root


def grade(root: Path, jobs: int) -> subprocess.Popen:
    """Start ``parity grade`` in a course."""
    return subprocess.Popen([sys.executable, "-c", GRADE, "grade", bank.EXERCISE, f"--jobs={jobs}"], cwd=root,
                            env=course.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            start_new_session=True)


def disturb(root: Path, draw: random.Random, jobs: int) -> str:
    """Start a grading, kill it or one of its processes at a random moment, and return its output."""
    grading = grade(root, jobs)
    time.sleep(draw.uniform(0.5, LONGEST[jobs]))
    with suppress(psutil.NoSuchProcess):
        if draw.random() < 0.5:
            grading.send_signal(draw.choice(SIGNALS))
        elif children := psutil.Process(grading.pid).children(recursive=True):
            draw.choice(children).kill()
    return grading.communicate(timeout=300)[0]


@pytest.mark.parametrize(("jobs", "seed"), [(1, 0), (2, 1), (2, 2)])
def test_whatever_is_killed_whenever_nothing_is_lost(ungraded, tmp_path, jobs, seed):
    root = shutil.copytree(ungraded, tmp_path / "course")
    draw = random.Random(seed)
    for _ in range(2):
        print(disturb(root, draw, jobs)[-1000:])
    output, _ = (again := grade(root, jobs)).communicate(timeout=300)
    assert again.returncode == 0, output
    assert points(root) == {"correct": bank.TESTS, "mistaken": bank.TESTS | {"unroll-check": 0}}, output
    assert [process.info["cmdline"] for process in psutil.process_iter(["cmdline", "cwd"])
            if (process.info["cwd"] or "").startswith(str(root))] == []
    output, _ = grade(root, jobs).communicate(timeout=300)
    assert output.count(" kept ") == len(MISTAKES), output
