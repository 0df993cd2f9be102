"""`parity rehearse` tries the whole chain with made-up students, and leaves the real class alone."""

import shutil

import pytest

from tests.exercises import course
from tests.grading import archives
from tests.submissions import bank

pytestmark = pytest.mark.whole
NAME = archives.NAME


@pytest.fixture
def root(tmp_path):
    """A course with a class and settings of its own."""
    root = archives.make_course(tmp_path / "course")
    shutil.copy(bank.ROOT / "_toc.yml", root)
    shutil.copytree(bank.ROOT / "book", root / "book", ignore=lambda folder, names: {
        name for name in names if not name.endswith(".md")})
    (root / "private").mkdir(mode=0o700)
    (root / "private/nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.db_url = 'sqlite:////nowhere/gradebook.db'\n"
        "c.CourseDirectory.submitted_directory = '/nowhere'\n", encoding="utf8")
    return root


def files(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_everybody_gets_what_they_deserve_and_the_class_is_left_as_it_is(root):
    before = files(root)
    status, output = course.parity(root, "rehearse", NAME)
    assert status == 0, output
    assert files(root) == before
    assert output.splitlines() == ["model-answer: ok", "untouched-notebook: ok"]


@pytest.mark.slow
def test_points_that_nobody_deserves_are_named_with_the_message_of_the_test(root):
    path = root / f"solutions/{NAME}/{NAME}.md"
    path.write_text(path.read_text(encoding="utf8").replace("axis=1) % 2", "axis=1) % 3"), encoding="utf8")
    status, output = course.parity(root, "rehearse", NAME)
    assert status == 1
    wrong, untouched = output.splitlines()[0], output.splitlines()[-1]
    assert wrong.startswith("model-answer: ")
    assert "points instead of " in wrong
    assert "parity-check: parity of the strings 000" in wrong
    assert untouched == "untouched-notebook: ok"


def test_a_private_test_that_rejects_the_model_answer_stops_it(root):
    (root / f"private/{NAME}.py").write_text("def parity(call): assert False, 'never'\n", encoding="utf8")
    status, output = course.parity(root, "rehearse", NAME)
    assert status == 1
    assert "does not accept the model answer: CheckFailed: your instructor's own test: " in output
    assert "untouched" not in output
