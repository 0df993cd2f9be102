"""A large class: memory and time per submission stay the same from the first to the last."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.exercises import course

NAME, CLASS, PART = "unrolling", 32, 8
GRADE = """
import json, sys
from pathlib import Path
import psutil
from parity_grading.grade import grade
parts = []
for count, row in enumerate(grade(Path.cwd(), sys.argv[1], jobs=2), 1):
    assert (row.state, row.points) == ("graded", 11), row
    if count % int(sys.argv[2]) == 0:
        children = psutil.Process().children()
        graders = [child for child in children if "LokyProcess" in str(child.cmdline())]
        parts.append((sum(sum(grader.cpu_times()[:4]) for grader in graders),
                      sum(grader.memory_info().rss for grader in graders),
                      len(psutil.Process().children(recursive=True))))
print(json.dumps(parts))
"""


@pytest.mark.weekly
def test_memory_stays_and_time_is_linear(tmp_path):
    root = course.copy_course(tmp_path / "course", NAME)
    course.submit(root, "student-00", NAME, course.solution(NAME))
    for number in range(1, CLASS):
        shutil.copytree(root / "submitted" / "student-00", root / "submitted" / f"student-{number:02}")
    course.nbgrader(root, "generate_assignment", NAME, "--force")
    done = subprocess.run([sys.executable, "-c", GRADE, NAME, str(PART)], cwd=root, text=True,
                          env=course.environment(), capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:]
    seconds, memory, processes = zip(*json.loads(done.stdout.splitlines()[-1]))     # at the end of each part
    assert seconds[-1] - seconds[-2] < 1.5 * (seconds[1] - seconds[0])
    assert memory[-1] < 1.1 * memory[1]
    assert processes[-1] <= processes[1] + 4        # the other job may have some open at that moment
