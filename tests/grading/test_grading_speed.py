"""Test the benchmark of grading: each program is measured, and a submission that loses points is an error."""

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_grading import grading_speed
from tests.exercises import course

pytestmark = pytest.mark.whole


@pytest.mark.slow
def test_each_program_grades_the_model_answer(monkeypatch):
    for name, value in course.environment().items():
        monkeypatch.setenv(name, value)
    lines = []
    seconds = grading_speed.run(course.ROOT, count=1, rounds=1, report=lines.append)
    assert list(seconds) == list(grading_speed.PROGRAMS)
    assert [line.startswith(program) for line, program in zip(lines, seconds, strict=True)] == [True] * 3
    assert "1.00 times" in lines[0]
    monkeypatch.setattr(grading_speed, "read_points", lambda *arguments: (0.0, 11.0))
    with pytest.raises(ValueError, match=r"stock nbgrader gave .* to the model answer, which deserves 11 points"):
        grading_speed.run(course.ROOT, count=1, rounds=1)


def test_the_command_runs_it(monkeypatch):
    monkeypatch.setattr(grading_speed, "run", lambda root, report: report(f"in {root.name}"))
    assert CliRunner().invoke(main, ["bench", "--grading"]).stdout.startswith("in ")
