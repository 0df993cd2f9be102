"""The stock commands of nbgrader on real submissions: scores, messages, and no hidden test in the feedback."""

from __future__ import annotations

import ast
import copy
import re
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from html import unescape

import nbformat
import pytest
from nbformat.v4 import new_output

from parity_grading import keep_outputs
from tests.exercises import course
from tests.submissions import bank

pytestmark = pytest.mark.whole

NAMES = bank.authoring.names(bank.ROOT)
FIRST = NAMES[0]
BANK = {name: {one.path.stem: one for one in bank.bank(name)} for name in NAMES}
AT_A_TIME = 2
SECONDS_A_CELL = 25  # the limit for an endless loop; importing torch can take ten if all cores are busy

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


def few(name):
    """Choose for `make test`: one correct answer with cells that the student added, and two wrong ones."""
    right = [one for one in BANK[name].values() if not one.loses]
    wrong = [one for one in BANK[name].values() if one.loses]
    chosen = [one for one in right if one.added][:1] or right[:1]
    return {one.path.stem: one for one in [*chosen, *wrong[:1], *wrong[len(wrong) // 2:][:1]]}


def noisy(name):
    """Return the solution with prints, warnings, log lines and text on the process's stderr in each cell and call."""
    notebook = course.solution(name)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            defined = [node.name for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
            cell.source += "\n" + NOISE + "".join(f"{function} = loud({function})\n" for function in defined)
    return notebook


def shown(name):
    """Return the solution as it is saved after a run: each cell has an output, test cells too."""
    notebook = course.solution(name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text=OWN_RUN)]
            cell.metadata[keep_outputs.KEY] = [new_output("stream", text="planted")]
    return notebook


def without_tests(name):
    """Return the solution without its test cells."""
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


def hand_ins(name, submissions):
    everybody = {"untouched": course.release(name), "solution": shown(name)}
    if name == FIRST:
        everybody |= {"noisy": noisy(name), "without-tests": without_tests(name), "edited-tests": edited_tests(name)}
    return everybody | {student: course.hand_in(one) for student, one in submissions.items()}


def endless(folder):
    """Grade the solution with an endless loop, with a short limit."""
    course.copy_course(folder, FIRST)
    config = folder / "nbgrader_config.py"
    text, changed = re.subn(r"^SECONDS_A_CELL = \d+$", f"SECONDS_A_CELL = {SECONDS_A_CELL}",
                            config.read_text(encoding="utf8"), flags=re.MULTILINE)
    assert changed == 1
    config.write_text(text, encoding="utf8")
    notebook = course.solution(FIRST)
    first = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    defined = ast.parse(first.source).body[-1].name
    first.source += f"\n\ndef {defined}(*args):\n    while True:\n        pass\n"
    return course.grade_batch(folder, FIRST, {"endless": notebook})


@pytest.fixture(scope="module")
def batches(tmp_path_factory) -> dict[str, Future]:
    """Grade every exercise in a course of its own, two at the same time."""
    folder = tmp_path_factory.mktemp("courses")
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {"endless": pool.submit(endless, folder / "endless")} | {
            name: pool.submit(course.grade_batch, folder / name, name, hand_ins(name, few(name)), name != FIRST)
            for name in NAMES}


@pytest.fixture(params=NAMES)
def batch(batches, request) -> course.Batch:
    return batches[request.param].result()


def test_the_release_is_the_committed_one(batch):
    path = f"exercises/{batch.name}/{batch.name}.ipynb"
    assert (batch.folder / path).read_bytes() == (bank.ROOT / path).read_bytes()
    assert sorted(file.name for file in (batch.folder / "exercises" / batch.name).iterdir()) == [f"{batch.name}.ipynb"]


def test_an_untouched_release_gets_nothing_and_the_solution_everything(batch):
    untouched, solution = batch.graded["untouched"], batch.graded["solution"]
    tests = {cell.metadata.nbgrader.grade_id for cell in course.release(batch.name).cells if is_test(cell)}
    assert set(untouched.outcomes) == set(solution.outcomes) == tests
    assert all(one.points == 0 for one in untouched.outcomes.values()), untouched.outcomes
    assert all(one.points == one.most > 0 for one in solution.outcomes.values()), solution.outcomes
    answers = {cell.id for cell in course.release(batch.name).cells
               if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade")}
    assert answers, "no question is answered in words"
    assert set(solution.waiting) == answers, "answers in words wait for the instructor, and nothing else does"
    assert not untouched.waiting, "nothing was answered, so there is nothing to read"


def test_what_a_student_saw_is_there_for_whoever_reads_the_answers(batch):
    silent = {cell.id for cell in course.release(batch.name).cells if "checks.grading()" in cell.source}
    graded = nbformat.read(batch.folder / "autograded" / "solution" / batch.name / f"{batch.name}.ipynb", as_version=4)
    for cell in graded.cells:
        text = course.said(cell) if cell.cell_type == "code" else ""
        assert keep_outputs.KEY not in cell.metadata
        assert "planted" not in text
        assert (OWN_RUN in text) == (keep_outputs.NOTE in text)
        assert OWN_RUN not in text or not is_test(cell)
        if cell.id in silent:
            assert OWN_RUN in text or "Figure" in str(cell.outputs), cell.source


def test_every_score_and_message_is_what_the_bank_expects(batch):
    found = {student: complaints for student, one in few(batch.name).items()
             if (complaints := bank.complaints(one, batch.graded[student].outcomes))}
    assert not found


def test_the_export_has_everybody_with_the_sum(batch):
    sums = {student: sum(one.points for one in graded.outcomes.values()) for student, graded in batch.graded.items()}
    assert batch.exported == sums


def test_feedback_says_what_was_wrong_and_hides_the_tests(batch):
    assert leaks(batch) == {}
    for student, graded in batch.graded.items():
        said = text_of(graded.feedback)
        for name, outcome in graded.outcomes.items():
            assert f"{outcome.points:g}" in said, student
            if not outcome.points:
                assert squeezed(outcome.message) in said, (student, name)


def test_an_answer_that_prints_and_warns_loses_nothing(batches):
    outcomes = batches[FIRST].result().graded["noisy"].outcomes
    assert all(one.points == one.most for one in outcomes.values()), outcomes


def test_deleted_tests_come_back(batches):
    graded = batches[FIRST].result().graded
    assert graded["without-tests"].outcomes.keys() == graded["solution"].outcomes.keys()
    assert all(one.points == one.most for one in graded["without-tests"].outcomes.values())
    assert graded["without-tests"].waiting == graded["solution"].waiting


def test_tests_that_a_student_edits_are_replaced(batches):
    assert all(one.points == 0 for one in batches[FIRST].result().graded["edited-tests"].outcomes.values())


def test_without_the_preprocessor_feedback_would_give_the_tests_away(batches, tmp_path):
    """Show that the test above can fail: stock feedback shows the tests."""
    batch = batches[FIRST].result()
    folder = tmp_path / "course"
    shutil.copytree(batch.folder, folder)
    config = folder / "nbgrader_config.py"
    hides = '    "parity_grading.feedback.MessagesOnly",\n'
    config.write_text(config.read_text(encoding="utf8").replace(hides, ""), encoding="utf8")
    course.nbgrader(folder, "generate_feedback", FIRST, "--student", "untouched", "--force")
    shown = course.Batch(folder, FIRST, {"untouched": course.results(folder, FIRST)["untouched"]}, {}, {})
    assert leaks(shown)


def test_a_loop_without_end_loses_its_own_points_and_says_so(batches):
    batch = batches["endless"].result()
    graded = batch.graded["endless"]
    stopped = [name for name, one in graded.outcomes.items() if not one.points]
    assert len(stopped) == 1
    assert all(one.points == one.most for name, one in graded.outcomes.items() if name not in stopped)
    shown = text_of(graded.feedback)
    assert f"does not end: this cell ran for more than {SECONDS_A_CELL} seconds and was stopped." in shown
    assert "KeyboardInterrupt" not in shown
    assert not leaks(batch)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_whole_bank(name, tmp_path, capsys):
    everybody = {student: course.hand_in(one) for student, one in BANK[name].items()} | {"noisy": noisy(name)}
    batch = course.grade_batch(tmp_path / name, name, everybody)
    with capsys.disabled():
        print(f"\n{name}: {len(everybody)} notebooks in {sum(batch.seconds.values()):.0f} s, "
              f"{sum(one.points == one.most for graded in batch.graded.values() for one in graded.outcomes.values())} "
              f"test cells passed, "
              f"{sum(one.points == 0 for graded in batch.graded.values() for one in graded.outcomes.values())} failed")
    found = {student: complaints for student, one in BANK[name].items()
             if (complaints := bank.complaints(one, batch.graded[student].outcomes))}
    assert not found
    assert all(one.points == one.most for one in batch.graded["noisy"].outcomes.values())
    assert not leaks(batch)


# What a page says

def text_of(html):
    """Return the words of a page, without tags and with single spaces: highlighted code consists of many tags."""
    return squeezed(unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.DOTALL))))


def squeezed(text):
    return " ".join(text.split())


def leaks(batch):
    """Return the lines of hidden tests that a student's feedback page shows, by student."""
    source = (bank.ROOT / "solutions" / f"{batch.name}.md").read_text(encoding="utf8")
    parts = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", source, re.DOTALL)
    lines = {squeezed(line) for part in parts for line in part.splitlines() if line.strip()} | {"BEGIN HIDDEN TESTS"}
    assert len(lines) > 1
    return {student: found for student, graded in batch.graded.items()
            if (found := [line for line in lines if line in text_of(graded.feedback)])}
