"""`parity rehearse` tries the whole chain with made-up students, and leaves the real class alone."""

import shutil

import pytest
import yaml

from tests.exercises import course
from tests.grading import archives
from tests.submissions import bank

pytestmark = pytest.mark.whole
NAME = archives.NAME
BANK = f"solutions/{NAME}/bank"


@pytest.fixture
def root(tmp_path):
    """A course with a class and settings of its own, and a bank of two submissions."""
    root = archives.make_course(tmp_path / "course")
    shutil.copy(bank.ROOT / "_toc.yml", root)
    shutil.copytree(bank.ROOT / "book", root / "book", ignore=lambda folder, names: {
        name for name in names if not name.endswith(".md")})
    (root / "private").mkdir(mode=0o700)
    (root / "private/nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.db_url = 'sqlite:////nowhere/gradebook.db'\n"
        "c.CourseDirectory.submitted_directory = '/nowhere'\n", encoding="utf8")
    for path in (root / BANK).glob("[!r]*.py"):
        path.unlink()
    rows = yaml.safe_load((root / BANK / "wrong.yaml").read_text(encoding="utf8"))
    _write_bank(root, rows["no_modulo"])
    return root


def _write_bank(root, row):
    text = yaml.safe_dump({"no_modulo": row})
    (root / BANK / "wrong.yaml").write_text(text, encoding="utf8")


def files(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_everybody_gets_what_they_deserve_and_the_class_is_left_as_it_is(root):
    before = files(root)
    status, output = course.parity(root, "rehearse", NAME)
    assert status == 0, output
    assert files(root) == before
    *table, last = output.splitlines()
    assert table == ["model answer: ok", "untouched notebook: ok", "wrong no modulo: ok", "right in torch: ok"]
    assert last == "4 of 4 students have exactly the points that they deserve."


@pytest.mark.slow
def test_a_submission_that_does_not_get_what_it_deserves_is_named(root):
    row = yaml.safe_load((root / BANK / "wrong.yaml").read_text(encoding="utf8"))["no_modulo"]
    _write_bank(root, row | {"loses": {"parity_check": "a-guess"}})
    status, output = course.parity(root, "rehearse", NAME)
    assert status == 1
    assert "wrong no modulo: parity-check should name the cause a-guess, but it names count-returned: " in output
    assert "; rnn-step-check should give " in output
    assert output.endswith("3 of 4 students have exactly the points that they deserve.\n")


def test_a_private_test_that_rejects_the_model_answer_stops_it(root):
    (root / f"private/{NAME}.py").write_text("def parity(call): assert False, 'never'\n", encoding="utf8")
    status, output = course.parity(root, "rehearse", NAME)
    assert status == 1
    assert "does not accept the model answer: CheckFailed: your instructor's own test: " in output
    assert "deserve" not in output
