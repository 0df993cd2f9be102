"""`parity report`: the counts are those of the class, nobody is named by default, and a hand-in is text on the page."""

from __future__ import annotations

import json
import os
import re
import shutil
from difflib import SequenceMatcher
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest

from parity_lib.teaching import grade, outcome, report, report_page, similar
from tests.exercises import course
from tests.teaching import classroom
from tests.teaching.classroom import DONE, NAME
from tests.teaching.roster import the_class

IDS = [one.id for one in the_class()]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A course that no test changes."""
    return classroom.fill(tmp_path_factory.mktemp("report") / "course")


@pytest.fixture(scope="module")
def found(root) -> report.Report:
    return report.report(root, NAME)


def run(root: Path, *arguments: str) -> tuple[int, list[str]]:
    code, said = course.parity(root, "report", *arguments)
    return code, said.splitlines()


def students(*stems: str) -> list[str]:
    return [IDS[number - 1] for stem in stems for number in DONE[stem]]


# ---------------------------------------------------------------- counts


def test_each_student_is_counted_once(found):
    assert found.states == {"missing": 2, "collected": 1, "needs reading": 3, "read": 34}
    assert len(found.points) == 34
    assert found.points["s204515"] == 10


def test_tasks_are_in_the_order_of_the_exercise_and_unread_words_in_no_count(found):
    assert [(one.name, one.most, len(one.points)) for one in found.tasks] == [
        ("parity", 2, 37), ("rnn_step", 2, 37), ("unroll", 3, 37), ("two_unit_weights", 4, 37),
        ("what_convinces", 4, 34)]
    step = found.tasks[1]
    assert (step.all, step.none) == (37 - 8, 8)
    words = found.tasks[-1]
    assert 0 < words.all < 34 - words.none < 34


def test_misconceptions_are_those_that_the_checks_name_with_all_who_have_them(found):
    first, second = found.misconceptions[:2]
    assert first.likely.startswith("these weights fit bits coded as 0 and 1")
    assert first.students == students("wrong_weights_of_the_chapter")
    assert first.read == 'the chapter "unrolling", section "two units by hand" (book/unrolling.html#two-units-by-hand)'
    assert first.example.startswith("two_unit_weights on every string of 12 bits")
    transposed = next(one for one in found.misconceptions if "new state is h @ V.T" in one.likely)
    assert transposed.tasks == {"rnn_step": students("wrong_V_transposed"), "unroll": students("wrong_V_transposed")}
    assert len(transposed.students) == 5, "once, though it costs two tasks"
    assert [len(one.students) for one in found.misconceptions] == sorted(
        (len(one.students) for one in found.misconceptions), reverse=True)
    assert second.known


def test_a_message_without_a_likely_cause_is_grouped_by_what_was_asked():
    def cell(text):
        return [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "f-check", "grade": True}},
                 "outputs": [{"output_type": "error", "ename": "CheckFailed", "evalue": text}]}]

    found = report.misconceptions({"a": cell("f(3) of 2.5\n  expected: 1"), "b": cell("f(17) of 9"),
                                   "c": cell("`f` stopped with ValueError: no"), "d": cell("")})
    assert [(one.likely, one.students, one.known) for one in found] == [
        ("f(3) of 2.5", ["a", "b"], False), ("CheckFailed", ["d"], False),
        ("`f` stopped with ValueError: no", ["c"], False)]


def test_a_cell_that_ran_too_long_is_told_by_what_grading_wrote(root, tmp_path):
    course = shutil.copytree(root, tmp_path / "course")
    path = course / "autograded" / "s204530" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(one for one in notebook["cells"] if one["id"] == "unroll-check")
    cell["outputs"] = [{"output_type": "error", "ename": "Timeout", "evalue": "longer than 60 s", "traceback": []}]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (course / "autograded" / "s204531" / NAME / f"{NAME}.ipynb").write_text('{"metadata": {}, "cells": [')
    app = grade.course(course)
    outcome.write(app, "s204501", NAME, None, 3.14)
    outcome.write(app, "s204502", NAME, None, 30, ["was <taken> for"])
    found = report.report(course, NAME)
    assert found.notes == {"s204502": ["was <taken> for"], "s204530": ["`unroll-check`: longer than 60 s"]}
    assert found.seconds == {"s204501": 3.1, "s204502": 30}
    page = report_page.page(found, names=True)
    assert "More than 1.5 times" not in page
    assert "was &lt;taken&gt; for" in page
    assert "Grading took 16.6 s a hand-in (median of 2), 30.0 s at most." in page


def test_an_error_of_a_students_own_that_says_nothing_is_no_error_of_the_report():
    cell = {"outputs": [{"output_type": "error", "ename": "Timeout", "evalue": "\x1b[0m"}]}
    assert report._stopped([cell]) == ["`a cell of its own`: "]


def test_a_task_that_was_dropped_is_left_out(root, tmp_path):
    course = shutil.copytree(root, tmp_path / "course")
    with classroom.opened(course) as book:
        next(one for one in book.find_notebook(NAME, NAME).grade_cells if one.name == "unroll-check").max_score = 0
        book.db.commit()
    assert "unroll" not in [one.name for one in report.report(course, NAME).tasks]


def test_nothing_graded_is_said_in_a_line(tmp_path):
    folder = classroom.course.copy_course(tmp_path / "course", NAME)
    with classroom.mock.patch("nbgrader.api.get_alembic_version", return_value="new"), classroom.opened(folder) as book:
        book.add_assignment(NAME)
        book.add_student("ada")
    status, said = run(folder, NAME)
    assert (status, len(said)) == (1, 1)
    assert "name must be an exercise with graded hand-ins" in said[0]
    assert "1 students: 1 missing" in said[0]
    status, said = run(folder, "nothing")
    assert "name must be an exercise in the gradebook (unrolling)" in said[0]


# ---------------------------------------------------------------- alike


def test_code_is_equal_without_what_does_not_matter():
    one = "def f(x):\n    '''Doc.'''\n    total = 0\n    for part in x:\n        total += part ** 2 - 3 * part + 1\n" \
          "        total -= min(part, 0) * max(part, 1) + abs(part - 2) * 4 - round(part / 7) * 5\n    return total\n"
    same = one.replace("    '''Doc.'''\n", "    # mine\n").replace("part ** 2", "(part**2)")
    other = one.replace("+ 1", "+ 2")
    groups = similar.code("f", {"a": one, "b": same, "c": other, "d": "def f(", "e": "pass"}, released="pass")
    assert [(group.students, group.model, group.telling) for group in groups] == [(("a", "b"), False, True)]
    assert similar.code("f", {"c": other}, model=one) == []
    assert [group.students for group in similar.code("f", {"c": same}, model=one)] == [("c",)]


def test_short_answers_are_equal_by_chance_and_not_marked(found):
    parity = next(one for one in found.alike if one.task == "parity" and len(one.students) > 10)
    assert not parity.telling


def test_words_are_compared_without_the_numbers_that_each_student_has(found):
    alike = {one.students: one for one in found.alike if one.kind == "words"}
    assert {key: one.near for key, one in alike.items()} == {
        ("s204524", "s204525"): False, ("s204526", "s204527"): True}


def test_words_near_to_a_model_answer_and_chains_of_near_ones():
    said = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    chain = {"a": said, "b": said.replace("worda", "x").replace("wordb", "y"),
             "c": said.replace("worda", "x").replace("wordb", "y").replace("wordc", "z").replace("wordd", "u"),
             "d": "something else entirely, " * 8, "e": ""}
    near = [one for one in similar.words("t", chain, model=said + " more") if one.near]
    assert [one.students for one in near if not one.model] == [("a", "b", "c")]
    assert {one.students for one in near if one.model} == {("a",), ("b",)}


def test_words_that_were_made_to_take_long_are_compared_as_far_as_an_answer_goes(monkeypatch):
    compared = []
    monkeypatch.setattr(similar, "SequenceMatcher", lambda _, one, other, autojunk: compared.append(
        max(len(one), len(other))) or SequenceMatcher(None, one[:50], other[:50], autojunk=autojunk))
    assert similar.nearly("a b " * 20_000, "a c " * 20_000) is False
    assert compared == [similar.COMPARED]


@pytest.mark.parametrize("source", ["", "\x00", "(" * 5000, "# only words", "x = " + "-" * 3000 + "1"])
def test_code_that_cannot_be_read_is_equal_to_none(source):
    assert similar.code("f", {"a": source, "b": source}) == []


# ---------------------------------------------------------------- the page


def test_the_page_for_the_class_names_nobody_and_the_instructors_copy_does(root):
    status, said = run(root, NAME)
    page = (root / "private" / "report" / f"{NAME}.html").read_text(encoding="utf-8")
    assert status == 0
    assert said[0].endswith(f"{NAME}.html")
    assert re.fullmatch(r"\d+ answers that are alike deserve a look: parity report unrolling --names", said[1])
    assert not [one for one in the_class() if one.id in page or one.full_name in unescape(page)]
    assert "alike" not in page
    assert "Two readers" not in page
    assert len(run(root, NAME, "--names")[1]) == 1
    assert "written anew" in run(root, NAME)[1][0]
    names = (root / "private" / "report" / f"{NAME}-with-names.html").read_text(encoding="utf-8")
    assert "A hint for a person, never a verdict." in names
    assert "Ada Lovelace (s204501)" in names
    assert "Conan O&#x27;Brien" in names


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_the_page_and_its_folder_are_closed_to_others(found, tmp_path):
    path = report_page.write(tmp_path, found)
    path.chmod(0o644)
    report_page.write(tmp_path, found)
    assert not (path.stat().st_mode | (tmp_path / "private").stat().st_mode) & 0o077


def test_agreement_of_readers_is_shown_where_there_is_any(found, monkeypatch):
    one = SimpleNamespace(task="what_convinces", first="<gradebook>", second="tom", both=30, equal=24, difference=0.25,
                          kappa=None)
    monkeypatch.setattr(found, "agreement", [one])
    part = "".join(report_page._agreement(found))
    assert "&lt;gradebook&gt;, tom" in part
    assert "0.63 to 0.90" in part


def test_an_error_of_a_students_own_is_no_example_for_the_class(found):
    own = report.Misconception("`f` stopped with ValueError: Emmy was here", "Emmy was here, at length", "",
                               known=False, tasks={"f": ["s204502"]})
    found = report.Report(**{**vars(found), "misconceptions": [own]})
    assert "at length" not in "".join(report_page._mistakes(found, names=False))
    assert "at length" in "".join(report_page._mistakes(found, names=True))
    assert "Emmy" not in "".join(report_page._mistakes(found, names=False))
    assert "stopped with ValueError</h3>" in "".join(report_page._mistakes(found, names=False))


def test_a_section_is_a_link_where_the_books_address_is_known(found, monkeypatch):
    def said():
        return "".join(report_page._mistakes(found, names=False))

    monkeypatch.delenv("PARITY_BOOK", raising=False)
    assert "<a href" not in said()
    monkeypatch.setenv("PARITY_BOOK", "https://example.org/book/")
    assert '<a href="https://example.org/book/book/unrolling.html#two-units-by-hand">' in said()
    monkeypatch.setenv("PARITY_BOOK", "javascript:alert(1)//")
    assert "javascript" not in said()


def test_a_class_without_a_failed_test_or_a_read_answer_has_a_page_too(found):
    found = report.Report(**{**vars(found), "misconceptions": [], "points": {}, "alike": []})
    page = report_page.page(found, names=True)
    assert "No test failed." in page
    assert "answers in words are still to be read" in page
    assert "No answer that is long enough to tell is shared." in page


HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script></pre></style>`<b>`\x1b[0m\u202e'


@pytest.mark.browser
def test_a_hand_in_is_text_the_page_asks_nobody_and_fits_everywhere(browser, root, found, tmp_path):
    """In a browser: no request, no script, no overflow at both widths, and nothing that axe finds, in both themes."""
    from axe_playwright_python.sync_playwright import Axe

    hostile = report.Misconception(HOSTILE, HOSTILE, HOSTILE, tasks={HOSTILE: ["s204501"]})
    found = report.Report(**{**vars(found), "misconceptions": [hostile, *found.misconceptions],
                             "names": found.names | {"s204501": HOSTILE}, "notes": {"s204501": [HOSTILE]}})
    path = tmp_path / "page.html"
    path.write_text(report_page.page(found, names=True), encoding="utf-8")
    for theme in ("light", "dark"):
        context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
        page, asked = context.new_page(), []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        title = page.title()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.title() == title == "Unrolling: the class"
        assert page.locator("main img, main script, main b:not(.states b)").count() == 0
        assert asked == [path.as_uri()]
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        context.close()
