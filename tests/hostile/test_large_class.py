"""A large class: nobody is lost, and memory and time per submission stay the same from the first to the last."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from nbgrader import api

from tests.exercises import course
from tests.grading import archives

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


@pytest.mark.slow
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


@pytest.mark.slow
def test_everybody_in_a_class_of_five_hundred_is_collected(tmp_path):
    root = archives.make_course(tmp_path / "course", NAME)
    with api.Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.db.add_all(api.Student(id=student.id, first_name=student.first_name, last_name=student.last_name)
                        for student in archives.MANY.values() if student.id not in archives.CLASS)
        book.db.commit()
    files = {(student, f"{NAME}.ipynb"): archives.notebook(student) for student in archives.MANY}
    _, output = course.parity(
        root, "collect", NAME, archives.zipped(tmp_path / "moodle.zip", archives.moodle(files)), "--from", "moodle",
        "--list", archives.worksheet(tmp_path / "moodle.csv", students=archives.MANY.values()))
    for student in archives.MANY:
        path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
        assert json.loads(path.read_text(encoding="utf8"))["metadata"]["of"] == student, output
