"""A class receives notebooks whose model answers are kept back until the due date."""

import nbformat
import pytest
from traitlets.config import Config

from parity_teaching import authoring
from parity_teaching.feedback import KeepBack
from tests.exercises import course
from tests.grading import classroom

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")      # nbgrader's own code causes it
NAME = "unrolling"
DUE = "2026-11-20 18:00:00 UTC"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return course.copy_course(tmp_path_factory.mktemp("due") / "course", NAME)


def model_cells(root):
    release = nbformat.read(root / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
    return [cell.source for cell in release.cells if cell.source.startswith(authoring.MODEL_ANSWER)]


def test_the_release_of_a_class_contains_the_due_date_and_the_repositorys_exercises_do_not(root):
    assert model_cells(course.ROOT) == ['checks.model_answer("what_convinces")']
    course.nbgrader(root, "generate_assignment", NAME, "--force")
    assert model_cells(root) == ['checks.model_answer("what_convinces", after="")']
    course.nbgrader(root, "db", "assignment", "add", NAME, f"--duedate={DUE}")
    course.nbgrader(root, "generate_assignment", NAME, "--force")
    assert model_cells(root) == [f'checks.model_answer("what_convinces", after="{DUE}")']


def test_a_course_may_show_them_at_once(root):
    with classroom.opened(root) as book:
        resources = {"nbgrader": {"db_url": str(book.engine.url), "assignment": NAME}}
    assert KeepBack().due(resources) == DUE
    assert KeepBack(config=Config({"KeepBack": {"at_once": True}})).due(resources) is None
