"""Five hundred submissions, graded by one process or two: memory and time per submission stay the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.exercises import course

NAME, CLASS, PART = "unrolling", 500, 100
GRADE = """
import json, sys, time
from pathlib import Path
import psutil
from parity_grading.grade import grade
began, parts = time.perf_counter(), []
for count, row in enumerate(grade(Path.cwd(), sys.argv[1], jobs=int(sys.argv[3])), 1):
    assert (row.state, row.points) == ("graded", 11), row
    if count % int(sys.argv[2]) == 0:
        own = psutil.Process()
        graders = [child for child in own.children() if "LokyProcess" in str(child.cmdline())] or [own]
        parts.append((time.perf_counter() - began, sum(grader.memory_info().rss for grader in graders),
                      len(own.children(recursive=True))))
        began = time.perf_counter()
print(json.dumps(parts))
"""


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_memory_stays_and_time_is_linear(tmp_path, capsys, jobs):
    root = course.copy_course(tmp_path / "course", NAME)
    course.submit(root, "student-000", NAME, course.solution(NAME))
    for number in range(1, CLASS):
        shutil.copytree(root / "submitted" / "student-000", root / "submitted" / f"student-{number:03}")
    course.nbgrader(root, "generate_assignment", NAME, "--force")
    done = subprocess.run([sys.executable, "-c", GRADE, NAME, str(PART), str(jobs)], cwd=root, text=True,
                          env=course.environment(), capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:]
    parts = json.loads(done.stdout.splitlines()[-1])
    with capsys.disabled():
        print("\n" + "\n".join(f"{seconds:.0f} s for {PART} submissions, {memory / 1e6:.0f} MB, {processes} processes"
                               for seconds, memory, processes in parts))
    seconds, memory, processes = zip(*parts)
    assert memory[-1] < 1.1 * memory[0]
    assert seconds[-1] < 1.5 * seconds[0]
    assert max(processes) - min(processes) <= 4 * (jobs - 1)     # what the other job has open at that moment
