"""A grading that is killed, at any moment and in any part, ends with the points of an undisturbed one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.exercises import course
from tests.hostile import bank
from tests.hostile.test_hostile import GRADE, points

pytestmark = pytest.mark.whole

CLASS = {"right": "", "one-wrong": "\n\ndef unroll(xs, h0, U, V, b):\n    return h0"}
LONGEST = {1: 9.0, 2: 13.0}     # seconds after which it is killed at the latest, by the number of jobs
SIGNALS = {"killed": signal.SIGKILL, "hung up": signal.SIGHUP, "interrupted": signal.SIGINT}


def command(root: Path, jobs: int) -> subprocess.Popen:
    """Start ``parity grade`` in a course."""
    return subprocess.Popen([sys.executable, "-c", GRADE, "grade", bank.EXERCISE, f"--jobs={jobs}"], cwd=root,
                            env=course.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            start_new_session=True)


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory) -> Path:
    """Return a course with a class of two, before anything is graded."""
    root = course.copy_course(tmp_path_factory.mktemp("kills") / "course", bank.EXERCISE)
    for student, more in CLASS.items():
        notebook = course.solution(bank.EXERCISE)
        next(cell for cell in notebook.cells if cell.id == "unroll").source += more
        course.submit(root, student, bank.EXERCISE, notebook)
    course.nbgrader(root, "generate_assignment", bank.EXERCISE, "--force")
    return root


@pytest.fixture
def root(ungraded, tmp_path) -> Path:
    return shutil.copytree(ungraded, tmp_path / "course")


def kernels(grading: psutil.Process) -> list[psutil.Process]:
    """Return all processes that the grading has started, the youngest last."""
    try:
        return sorted(grading.children(recursive=True), key=lambda process: process.create_time())
    except psutil.Error:
        return []


def disturb(root: Path, draw: random.Random, jobs: int) -> str:
    """Start a grading, kill it or one of its processes at a random moment, and return what was done."""
    running = command(root, jobs)
    time.sleep(draw.uniform(0.5, LONGEST[jobs]))
    what = draw.choice([*SIGNALS, "youngest", "first", *(["any", "any"] if jobs > 1 else [])])
    if what in SIGNALS:
        running.send_signal(SIGNALS[what])
    else:
        started = kernels(psutil.Process(running.pid)) if running.poll() is None else []
        victims = {"youngest": started[-1:], "first": started[:1], "any": draw.sample(started, min(1, len(started)))}
        for victim in victims[what]:
            try:
                os.kill(victim.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    output, _ = running.communicate(timeout=120)
    return f"{what}: {output[-1000:]}"


def is_undisturbed(root: Path, jobs: int) -> None:
    """Check that grading again ends as if nothing had happened: points, files, and no process left."""
    output, _ = (again := command(root, jobs)).communicate(timeout=120)
    assert again.returncode == 0, output
    expected = {"right": bank.TESTS, "one-wrong": bank.TESTS | {"unroll-check": 0}}
    assert points(root) == expected, output
    left = [process.info["cmdline"] for process in psutil.process_iter(["cmdline", "cwd"])
            if process.info["cwd"] and process.info["cwd"].startswith(str(root))]
    assert left == []
    last, _ = (again := command(root, jobs)).communicate(timeout=120)
    assert last.count(" kept ") == len(CLASS), last


SEEDS = [(1, seed, seed >= 2) for seed in range(25)] + [(2, seed, seed >= 1) for seed in range(15)]


@pytest.mark.parametrize(("jobs", "seed"), [
    pytest.param(jobs, seed, marks=[pytest.mark.slow] if slow else []) for jobs, seed, slow in SEEDS])
def test_whatever_is_killed_whenever_nothing_is_lost(root, jobs, seed):
    draw = random.Random(seed)
    done = [disturb(root, draw, jobs) for _ in range(2)]
    print("\n".join(done))
    is_undisturbed(root, jobs)
