"""The stock commands of nbgrader on real submissions: scores, messages, and no hidden test in the feedback."""

import ast
import copy
import re
import shutil
from html import unescape

import nbformat
import pytest
from nbformat.v4 import new_output

from parity_checks.points import POINTS
from parity_grading import unfinished
from tests.exercises import course
from tests.submissions import bank

pytestmark = pytest.mark.whole

FIRST, SECOND, *_ = POINTS
NOISE = """
import functools, logging, os, sys, warnings

def loud(function):
    @functools.wraps(function)
    def shouting(*args, **kwargs):
        print("called")
        print("called", file=sys.stderr)
        warnings.warn("called")
        logging.getLogger().warning("called")
        os.write(2, b"called, as a library in C says it\\n")
        return function(*args, **kwargs)
    return shouting

warnings.warn("this cell ran")
print("this cell ran", file=sys.stderr)
"""
OWN_RUN = "a table of the student's own run"


def banked(name):
    """Choose submissions of the bank: a wrong one and, for one exercise, a correct one with an additional cell."""
    submissions = bank.bank(name)
    chosen = [next(item for item in submissions if item.loses)]
    if name == SECOND:
        chosen.append(next(item for item in submissions if item.added and not item.loses))
    return {item.path.stem: item for item in chosen}


def noisy(name):
    """Return the solution with prints, warnings, log lines and text on the process's stderr in each cell and call."""
    notebook = course.solution(name)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            defined = [node.name for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
            cell.source += "\n" + NOISE + "".join(f"{function} = loud({function})\n" for function in defined)
    return notebook


def executed(name):
    """Return a noisy solution as it is saved after a run: each cell has an output, test cells too."""
    notebook = noisy(name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text=OWN_RUN)]
            cell.metadata[unfinished.OWN_OUTPUTS] = [new_output("stream", text="planted")]
    return notebook


def without_tests(name):
    notebook = course.solution(name)
    notebook.cells = [cell for cell in notebook.cells if not is_test(cell)]
    return notebook


def edited_tests(name):
    """Return the untouched release, with every test replaced by one that passes."""
    notebook = copy.deepcopy(course.release(name))
    for cell in filter(is_test, notebook.cells):
        cell.source = "print('passed')"
    return notebook


def is_test(cell):
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade", False)


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.slow if name == SECOND else
                                                     pytest.mark.weekly) for name in POINTS])
def batch(tmp_path_factory, request) -> course.Batch:
    """An exercise, graded in a course of its own. What does not depend on the exercise is submitted for one of them."""
    name = request.param
    submissions = {"untouched": course.release(name), "solution": executed(name)}
    if name == SECOND:
        submissions |= {"without-tests": without_tests(name), "edited-tests": edited_tests(name)}
    submissions |= {student: course.hand_in(item) for student, item in banked(name).items()}
    return course.grade_batch(tmp_path_factory.mktemp(name), name, submissions)


@pytest.mark.slow
def test_every_release_is_the_committed_one(tmp_path):
    folder = course.copy_course(tmp_path, *POINTS)
    course.nbgrader_at_once(folder, *(["generate_assignment", name, "--force"] for name in POINTS))
    for name in POINTS:
        path = f"exercises/{name}/{name}.ipynb"
        released = (folder / path).read_text(encoding="utf8")
        kept_back = released.count(', after=\\"\\")')        # the model answers, because the gradebook has no due date
        assert kept_back == released.count("checks.model_answer(")
        assert released.replace(', after=\\"\\")', ")") == (bank.ROOT / path).read_text(encoding="utf8")


def test_the_source_and_the_bank_are_in_no_folder_that_students_see(batch):
    for folder in ("exercises", "autograded/solution"):
        assert [file.name for file in (batch.folder / folder / batch.name).iterdir()] == [f"{batch.name}.ipynb"]


def test_an_untouched_release_gets_nothing_and_a_noisy_solution_everything(batch):
    untouched, solution = batch.graded["untouched"], batch.graded["solution"]
    tests = {cell.metadata.nbgrader.grade_id for cell in course.release(batch.name).cells if is_test(cell)}
    assert set(untouched.outcomes) == set(solution.outcomes) == tests
    assert all(outcome.points == 0 for outcome in untouched.outcomes.values()), untouched.outcomes
    assert all(outcome.points == outcome.most > 0 for outcome in solution.outcomes.values()), solution.outcomes
    answers = {cell.id for cell in course.release(batch.name).cells
               if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade")}
    assert set(solution.waiting) == answers, "answers in words wait for the instructor, and nothing else does"
    assert not untouched.waiting, "nothing was answered, so there is nothing to read"


def test_outputs_of_the_students_run_are_kept_for_the_person_who_reads_the_answers(batch):
    silent = {cell.id for cell in course.release(batch.name).cells if "checks.grading()" in cell.source}
    graded = nbformat.read(batch.folder / "autograded" / "solution" / batch.name / f"{batch.name}.ipynb", as_version=4)
    for cell in graded.cells:
        text = bank.said(cell) if cell.cell_type == "code" else ""
        assert unfinished.OWN_OUTPUTS not in cell.metadata
        assert "planted" not in text
        assert (OWN_RUN in text) == (unfinished.NOTE in text)
        assert OWN_RUN not in text or not is_test(cell)
        if cell.id in silent:
            assert OWN_RUN in text or "Figure" in str(cell.outputs), cell.source


def test_every_score_and_message_is_what_the_bank_expects(batch):
    for student, item in banked(batch.name).items():
        assert bank.complaints(item, batch.graded[student].outcomes) == []


def test_the_export_has_everybody_with_the_sum(batch):
    assert batch.exported == {student: sum(outcome.points for outcome in graded.outcomes.values())
                              for student, graded in batch.graded.items()}


def test_feedback_says_what_was_wrong_and_hides_the_tests(batch):
    assert leaks(batch) == {}
    for student, graded in batch.graded.items():
        text = text_of(graded.feedback).replace("`", "")
        for name, outcome in graded.outcomes.items():
            assert f"{outcome.points:g}" in text, student
            for line in outcome.message.splitlines() if not outcome.points else ():
                # A link replaces the address, and an earlier task that has to be mended first replaces the cause.
                words = squeezed(re.sub(r"^ *(likely|read): *| \(book/[^)]*\)|`", "", line))
                assert words in text or (line.startswith("  likely:") and "First fix" in text), (student, name)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [SECOND], indirect=True)
def test_deleted_tests_cost_nothing_and_edited_tests_give_nothing(batch):
    outcomes = batch.graded["without-tests"].outcomes
    assert outcomes.keys() == batch.graded["solution"].outcomes.keys()
    assert all(outcome.points == outcome.most for outcome in outcomes.values()), outcomes
    assert batch.graded["without-tests"].waiting == batch.graded["solution"].waiting
    assert all(outcome.points == 0 for outcome in batch.graded["edited-tests"].outcomes.values())


@pytest.mark.weekly
@pytest.mark.parametrize("batch", [FIRST], indirect=True)
def test_stock_feedback_shows_the_tests(batch, tmp_path):
    """Show that the test of the feedback can fail."""
    folder = shutil.copytree(batch.folder, tmp_path / "course")
    config = folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf8").replace('    "parity_teaching.feedback.MessagesOnly",\n', "")
    config.write_text(text, encoding="utf8")
    course.nbgrader(folder, "generate_feedback", batch.name, "--student", "untouched", "--force")
    assert "untouched" in leaks(course.Batch(folder, batch.name, course.results(folder, batch.name), {}))


def text_of(html):
    """Return the words of a page, without tags and with single spaces: highlighted code consists of many tags."""
    return squeezed(unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.DOTALL))))


def squeezed(text):
    return " ".join(text.split())


def leaks(batch):
    """Return the lines of hidden tests that a student's feedback page shows, by student."""
    source = (bank.ROOT / "solutions" / batch.name / f"{batch.name}.md").read_text(encoding="utf8")
    parts = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", source, re.DOTALL)
    lines = {squeezed(line) for part in parts for line in part.splitlines() if line.strip()} | {"BEGIN HIDDEN TESTS"}
    assert len(lines) > 1
    return {student: shown for student, graded in batch.graded.items()
            if (shown := [line for line in lines if line in text_of(graded.feedback)])}
