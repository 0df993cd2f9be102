"""`parity report` counts correctly, and shows a student's words as text."""

import dataclasses
import os
import re
import shutil
import statistics
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Student

from parity_checks import rpc
from parity_checks.plain_data import CheckFailed
from parity_checks.serialise import pack
from parity_grading.course import load_course
from parity_teaching import report
from parity_teaching.report import FrequentMessage
from tests.exercises import course
from tests.grading import classroom
from tests.grading.classroom import DONE, NAME, the_class

IDS = [student.id for student in the_class()]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A course that no test changes."""
    return classroom.fill(course.copy_course(tmp_path_factory.mktemp("report") / "course", NAME))


@pytest.fixture(scope="module")
def results(root) -> report.ClassReport:
    return report.class_report(load_course(root), NAME)


def students(stem: str) -> list[str]:
    return [IDS[number - 1] for number in DONE[stem]]


# ---------------------------------------------------------------- points and messages


def test_tasks_are_in_the_order_of_the_exercise_and_unread_answers_are_not_counted(results):
    assert results.states == {"missing": 2, "collected": 1, "needs reading": 3, "read": 34}
    assert [(task.name, task.most, len(task.points)) for task in results.tasks] == [
        ("parity", 2, 37), ("rnn_step", 2, 37), ("unroll", 3, 37), ("two_unit_weights", 4, 37),
        ("what_convinces", 4, 34)]
    assert results.tasks[1].counts == {"all": 37 - 8, "some": 0, "none": 8}
    assert 0 < results.tasks[-1].counts["some"] < 34


def test_the_most_frequent_message_comes_first(results):
    weights = next(message for message in results.messages if message.text.startswith("These weights fit bits coded"))
    assert weights.students == students("wrong_weights_of_the_chapter")
    assert weights.section.endswith("(book/unrolling.html#two-units-by-hand)")
    transposed = next(message for message in results.messages if "new state needs `h @ V.T`" in message.text)
    assert transposed.tasks == {"rnn_step": students("wrong_V_transposed")}
    counts = [len(message.students) for message in results.messages]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_points_by_demand_have_a_mean_and_names_lead_to_feedback_pages(root, tmp_path):
    folder = shutil.copytree(root, tmp_path / "course")
    feedback = folder / "feedback" / "s204501" / NAME / f"{NAME}.html"
    feedback.parent.mkdir(parents=True)
    feedback.touch()
    with classroom.opened(folder) as book:
        for student, points in (
                ("s204501", "0 + 0.5 + 0 + 0"), ("s204502", "1 + 0 + 0 + 0"), ("s204504", "1 + 1 + 1 + 1")):
            comment = book.find_comment(classroom.TASK, NAME, NAME, student)
            comment.manual_comment = f"Points by demand: {points}.\nWhy?"
        book.db.commit()
    results = report.class_report(load_course(folder), NAME)
    # The third has 2 points, and not 4.
    assert results.tasks[-1].by_demand == {"s204501": [0, 0.5, 0, 0], "s204502": [1, 0, 0, 0]}
    page = report.page(results)
    assert "1.5 points lost</strong> (1 got nothing, 1 got a part), missing or incomplete:\nrandom strings" in page
    assert f'<a href="../../feedback/s204501/{NAME}/{NAME}.html">Lovelace' in page


def check_cell(outputs, grade=True):
    return nbformat.from_dict({"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade": grade}},
                               "outputs": outputs})


def test_a_student_is_counted_once_although_a_mistake_costs_two_tasks():
    # The words differ, but not the id.
    cells = {name: check_cell([
        {"output_type": "error", "ename": "CheckFailed: transposed", "evalue": f"wrong\n  likely:   {likely}"}])
        for name, likely in (("f-check", "V is transposed."), ("g-check", "`h @ V`"))}
    message, = report.frequent_messages({"a": cells})
    assert (message.text, message.tasks) == ("V is transposed.", {"f": ["a"], "g": ["a"]})
    assert message.students == ["a"]


def test_errors_in_different_functions_are_different_messages_and_the_code_is_shown():
    cells = {name: cell for task, error in (("f", "SystemExit"), ("g", "RecursionError")) for name, cell in (
        (task, new_code_cell(f"def {task}(): <b>", metadata={"nbgrader": {"solution": True}})),
        (f"{task}-check", check_cell([
            {"output_type": "error", "ename": "CheckFailed: error", "evalue": f"`{task}` stopped with {error}: x"}])))}
    messages = report.frequent_messages({"a": cells, "b": cells})
    assert [(message.text, message.tasks, message.code) for message in messages] == [
        ("`f` stopped with SystemExit …", {"f": ["a", "b"]}, "def f(): <b>"),
        ("`g` stopped with RecursionError …", {"g": ["a", "b"]}, "def g(): <b>")]


def test_a_forged_message_is_no_heading_for_others():
    cells = [{"f-check": check_cell([
        {"output_type": "error", "ename": "CheckFailed: not-written", "evalue": text}])}
        for text in ("Mail eve@example.org.", "`f` is not written yet.", "`f` is not written yet.")]
    messages = report.frequent_messages(dict(zip("abc", cells, strict=True)))
    assert [(message.text, message.students) for message in messages] == [
        ("`f` is not written yet.", ["b", "c"]), ("Mail eve@example.org.", ["a"])]


def test_the_likely_causes_that_cost_most_points_come_first(results):
    points, message = results.costliest[0]
    assert (points, message.students) == (4 * 7, students("wrong_weights_of_the_chapter"))
    costs = [points for points, _ in results.costliest]
    assert costs == sorted(costs, reverse=True)
    assert len(costs) == 4
    assert all(message.likely for _, message in results.costliest)


@pytest.mark.parametrize("between", ["\n", "\r", "\x0b", "\u2028"])
def test_a_likely_cause_comes_from_a_check_and_not_from_a_student(between):
    """The text of an error in the student's code comes from the kernel, which can send any."""
    forged = f"`f` stopped with ValueError: you{between}  likely:   Write to eve@example.org.{between}  read:     x"
    with pytest.raises(CheckFailed) as failure:
        rpc.read(pack(["failed", forged]))
    texts = [f"{failure.value}\n  asked:    f(3)", f"{failure.value}\n  asked:    f(3)\n  likely:   V is transposed."]
    for text, shown in zip(texts, ["`f` stopped with ValueError …", "V is transposed."], strict=True):
        error = {"output_type": "error", "ename": "CheckFailed", "evalue": text}
        cell = check_cell([error])
        message, = report.frequent_messages({"a": {"f-check": cell}})
        assert (message.text, message.section) == (shown, "")


def test_tasks_for_which_most_of_a_class_have_no_points_are_named(root):
    app = load_course(root)
    assert report.lost_by_most(app, NAME, IDS) == []
    assert report.lost_by_most(
        app, NAME, [*students("wrong_weights_of_the_chapter"), *IDS[20:25]]) == [
        "two_unit_weights: 7 of 12 submissions have no points"]
    assert report.lost_by_most(app, NAME, students("wrong_V_transposed")[:2]) == []


def test_messages_without_a_likely_cause_are_grouped_if_they_differ_in_numbers_only():
    def cells(*errors, grade=True):
        return {"f-check": check_cell([
            {"output_type": "error", "ename": name, "evalue": text} for name, text in errors], grade)}

    messages = report.frequent_messages({
        "a": cells(("CheckFailed", "f(3) of 2.5\n  expected: 1")), "b": cells(("CheckFailed", "f(17) of 9")),
        "c": cells(("Timeout", "\x1b[31mtoo long\x1b[0m")), "d": cells(("CheckFailed", "")),
        "e": cells(), "f": cells(("ValueError", "mine"), grade=False)})
    assert [(message.text, message.students) for message in messages] == [
        ("f(3) of 2.5", ["a", "b"]), ("CheckFailed", ["d"]), ("too long", ["c"])]


def test_dropped_tasks_and_unreadable_notebooks_are_left_out(root, tmp_path):
    folder = shutil.copytree(root, tmp_path / "course")
    (folder / "autograded" / IDS[0] / NAME / f"{NAME}.ipynb").write_text('{"metadata": {}, "cells": [')
    with classroom.opened(folder) as book:
        next(cell for cell in book.find_notebook(NAME, NAME).grade_cells if cell.name == "unroll-check").max_score = 0
        book.db.commit()
    assert "unroll" not in [task.name for task in report.class_report(load_course(folder), NAME).tasks]


def test_an_exercise_without_graded_submissions_is_named(tmp_path):
    folder = course.copy_course(tmp_path / "course", NAME)
    with classroom.mock.patch("nbgrader.api.get_alembic_version", return_value="new"), classroom.opened(folder) as book:
        book.add_assignment(NAME)
        book.add_student("ada")
    status, printed = course.parity(folder, "report", NAME)
    assert (status, printed.count("\n")) == (1, 1)
    assert "name must be an exercise with graded submissions" in printed
    assert "name must be an exercise in the gradebook (unrolling)" in course.parity(folder, "report", "nothing")[1]


# ---------------------------------------------------------------- the page


def test_the_page_names_the_students_and_only_the_owner_can_read_it(root):
    path = root / "private" / "report" / f"{NAME}.html"
    assert course.parity(root, "report", NAME) == (0, f"{path}\n")
    page = path.read_text(encoding="utf-8")
    assert "O&#39;Brien, Conan" in page
    assert "Task 1, the parity of a string" in page
    assert os.name == "nt" or not path.stat().st_mode & 0o077


def test_the_page_gives_the_median_of_the_answers_that_were_read_and_the_points_of_each_student(results):
    text = " ".join(re.sub(r"<[^>]+>", " ", report.page(results)).split())
    read = [row.points for row in results.students if row.state == "read"]
    assert results.quartiles[1] == statistics.median(read) == 11
    assert "The median is 11 of 15 points , and the quartiles are 8 and 12.38, for the 34 of 40 students" in text
    for words in ("Lovelace, Ada (s204501) 5.5 2 0 3 0 0.5",
                  "with an unread answer ≥ 11 2 2 3 4", "Müller, Anna (s204515) 10 ",
                  "Smith, Jane (s204538) : without a submission.",
                  "Lovelace, Ada (s204501) , 5.5 points", "Task 2: The result is that of h @ V",
                  "formgrader: Li, Na (s204533); Müller-Lüd"):
        assert words in text
    assert dataclasses.replace(results, students=results.students[:1]).quartiles == [0] * 3
    assert dataclasses.replace(results, students=[]).quartiles == []


def test_an_empty_report_has_a_page(results):
    page = report.page(dataclasses.replace(results, messages=[], tasks=[]))
    assert "No test failed." in page


HOSTILE = ('<img src=x onerror="document.title=1"><script>document.title=2</script></pre></style>`<b>`\x1b[0m\u202e'
           "{{ 7 * 191 }}")


@pytest.mark.browser
def test_students_words_are_text_and_the_page_is_accessible(browser, results, tmp_path):
    """In a browser, the page sends no request, runs no script, fits both widths, and passes axe in both themes."""
    from axe_playwright_python.sync_playwright import Axe

    hostile = FrequentMessage(HOSTILE, HOSTILE, HOSTILE, likely=True, tasks={"unroll": ["s204501"]})
    students = [dataclasses.replace(row, person=Student(id=row.student, last_name=HOSTILE)) for row in results.students]
    results = dataclasses.replace(results, messages=[hostile, *results.messages], students=students)
    path = tmp_path / "page.html"
    path.write_text(report.page(results), encoding="utf-8")
    for theme in ("light", "dark"):
        context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
        page, requests = context.new_page(), []
        page.on("request", lambda request, requests=requests: requests.append(request.url))
        page.goto(path.as_uri())
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        assert page.title() == "Unrolling: class report"
        assert page.locator("main img, main script, main b, main style").count() == 0
        assert "\u202e" not in page.content()
        assert "1337" not in page.content()
        assert requests == [path.as_uri()]
        assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
        context.close()
