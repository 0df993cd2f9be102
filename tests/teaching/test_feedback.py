"""Feedback keeps the messages, names the tasks, and shows no hidden test, no matter how a cell ends."""

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.converters import GenerateFeedback
from nbgrader.utils import temp_attrs

from parity_grading.course import load_course
from parity_teaching import feedback, rubric
from tests.exercises import course
from tests.grading import classroom
from tests.grading.classroom import NAME, TASK, the_class

TEST = """from parity_checks import unrolling as check
check.parity()
### BEGIN HIDDEN TESTS
check.parity(seed=check.fresh())
### END HIDDEN TESTS"""
SHOWN = """from parity_checks import unrolling as check
check.parity()"""
QUOTE = "----> 4 check.parity(seed=check.fresh())"
FLAGS = {"grade": True, "solution": False, "locked": True, "grade_id": "parity-check"}


def error(name, value, *traceback):
    return new_output("error", ename=name, evalue=value, traceback=list(traceback))


def cleaned(cell):
    notebook, _ = feedback.MessagesOnly()(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


def graded(source=TEST, outputs=(), **flags):
    return new_code_cell(source, metadata={"nbgrader": FLAGS | flags}, outputs=list(outputs))


@pytest.mark.parametrize(("source", "shown"), [
    (TEST, SHOWN),
    (TEST + "\nprint('after')", SHOWN + "\nprint('after')"),
    ("if 1:\n    ### BEGIN HIDDEN TESTS\n    secret()\n    ### END HIDDEN TESTS\n", "if 1:\n"),
    ("check.parity()", "check.parity()"),
])
def test_the_source_of_hidden_tests_is_removed(source, shown):
    assert cleaned(graded(source)).source == shown


def test_hidden_tests_without_an_end_are_an_error():
    with pytest.raises(RuntimeError, match="No end hidden tests"):
        cleaned(graded(TEST.removesuffix("\n### END HIDDEN TESTS")))


@pytest.mark.parametrize(("output", "shown"), [
    (error("CheckFailed", "parity of [[1]]\n  expected: 1", "✗ parity of [[1]]\n  expected: 1"),
     "✗ parity of [[1]]\n  expected: 1"),
    (error("NameError", "no name", "\x1b[31mNameError\x1b[39m  Traceback", QUOTE), "✗ NameError: no name"),
    (error("KeyboardInterrupt", "", QUOTE), "✗ KeyboardInterrupt"),
    (error("DeadKernel", "", "\x1b[31m✗ gone\x1b[0m"), "✗ gone"),
])
def test_a_traceback_is_reduced_to_its_message(output, shown):
    printed = new_output("stream", name="stdout", text="✓ parity")
    cell = cleaned(graded(outputs=[printed, output]))
    assert cell.outputs[0] == printed
    assert cell.outputs[1].traceback == [shown]


def test_a_students_own_cells_are_unchanged():
    trace = error("ValueError", "mine", "line 1", "line 2")
    for cell in (graded(outputs=[trace], solution=True), graded(outputs=[trace], grade=False),
                 new_code_cell(TEST, outputs=[trace]), new_markdown_cell(TEST, metadata={"nbgrader": FLAGS})):
        assert cleaned(cell.copy()) == cell


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course with the feedback pages of nine students, of which the third has an unread answer."""
    root = classroom.fill(course.copy_course(tmp_path_factory.mktemp("feedback") / "course", NAME), the_class()[:9])
    with classroom.opened(root) as book:
        grade = next(grade for grade in book.find_submission(NAME, "s204503").notebooks[0].grades if grade.name == TASK)
        grade.manual_score, grade.needs_manual_grade = None, True
        for task, text in (("parity", "No response."), ("unroll", "Mind the **axis**.")):
            book.find_comment(task, NAME, NAME, "s204501").auto_comment = text
        book.find_submission(NAME, "s204502").notebooks[0].late_submission_penalty = 1.5
        book.find_comment(TASK, NAME, NAME, "s204504").manual_comment = "Points by demand: 0.5 + 0 + 1 + 0.5.\nWhy?"
        book.db.commit()
    generate_feedback(root)
    return root


def generate_feedback(root):
    """Do what `nbgrader generate_feedback` does, in this process."""
    app = load_course(root)
    with temp_attrs(app.coursedir, assignment_id=NAME):
        GenerateFeedback(coursedir=app.coursedir, parent=app).start()


def page_of(folder, student):
    return BeautifulSoup((folder / "feedback" / student / NAME / f"{NAME}.html").read_text("utf-8"), "html.parser")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def test_a_page_begins_with_the_points_for_each_task_and_marks_what_was_lost(folder):
    page = page_of(folder, "s204502")
    assert text_of(page.h1) == "Unrolling: 4.5 of 15 points"
    assert page.find(id="tasks").parent.name == "main"
    rows = {text_of(row.th): row.strong for row in page.table.tbody.find_all("tr")}
    assert {title: (*cell["class"], text_of(cell)) for title, cell in rows.items()} == {
        "Task 1: the parity of a string": ("full", "✓ 2 of 2"),
        "Task 2: one time step": ("lost", "✗ 0 of 2"), "Task 3: unroll it": ("full", "✓ 3 of 3"),
        "Task 4: two units by hand": ("lost", "✗ 0 of 4"), "Task 5: in words": ("part", "◐ 1 of 4"),
        "Late submission": ("lost", "✗ −1.5")}
    assert "The result is that of h @ V" in text_of(page.find(id="rnn-step-check").find(class_="likely"))
    assert text_of(page.find(id="two-unit-weights-check").find(class_="likely")).startswith("Likely cause:")
    for link in page.table.find_all("a"):
        assert text_of(page.find(id=link["href"][1:]).h3).startswith(text_of(link))


def test_rubric_and_model_answer_are_below_a_read_answer_that_lost_points_if_they_are_published(folder, monkeypatch):
    rubric = page_of(folder, "s204501").find(class_="rubric")
    assert len(rubric.table.find_all("tr")) == 4
    assert "open" not in rubric.details.attrs
    assert "argument about the states" in text_of(rubric.details)
    assert [text_of(head) for head in rubric.table.find_all("th")] == [
        f"{number}. worth 1" for number in range(1, 5)]
    by_demand = page_of(folder, "s204504")
    assert [text_of(head) for head in by_demand.find(class_="rubric").table.find_all("th")] == [
        "1. 0.5 of 1", "2. 0 of 1", "3. 1 of 1", "4. 0.5 of 1"]
    assert "Lost 1 on part 2 of the rubric, which asks: random strings do not test" in text_of(by_demand.table)
    assert "Comment: Why?" in text_of(by_demand.table)
    assert "Points by demand" not in text_of(by_demand)
    unread = page_of(folder, "s204503")
    assert unread.find(class_="rubric") is None
    assert text_of(unread.find(id=TASK).h3) == "Task 5: in words … not read yet ↑ all tasks"
    assert page_of(folder, "s204508").find(class_="rubric") is None    # full points
    for published in ({}, {TASK.replace("-", "_"): "of an exercise with the same name"}):
        monkeypatch.setattr(feedback, "published_answers", lambda published=published: published)
        cell = new_markdown_cell("mine", metadata={"nbgrader": FLAGS | {"solution": True}})
        result = {"id": TASK, "score": 0, "most": 4, "unread": False}
        assert feedback._rubric_for_student(cell, result, {TASK: "the instructor's"}) is None


def test_cells_for_the_students_own_use_are_left_out_but_never_an_answer():
    own, answer, shown = (
        new_code_cell("checks.summary(check)", metadata=metadata, outputs=outputs) for metadata, outputs in (
            ({}, []), ({"nbgrader": FLAGS}, []), ({}, [new_output("stream", text="7")])))
    assert rubric.without_own_use([own, answer, shown]) == [answer, shown]


def test_links_lead_to_the_website_or_are_words_and_empty_comments_are_left_out(folder):
    page = page_of(folder, "s204501")
    assert {link["href"][:1] for link in page.find_all("a")} == {"#"}
    assert "book/" not in text_of(page)
    assert [text_of(comment) for comment in page.find_all(class_="comment")] == [
        "Comment: Mind the axis .",
        "Your instructor has left no comment. Ask what is missing in your answer."]
    (folder / "_config.yml").write_text("html:\n  baseurl: https://example.org/course/\n")
    course.nbgrader(folder, "generate_feedback", NAME, "--force", "--student", "s204502")
    links = {link["href"]: text_of(link) for link in page_of(folder, "s204502").find_all("a")}
    address = "https://example.org/course/book/unrolling.html#two-units-by-hand"
    assert links[address] == 'the section "Two units by hand" of "Unrolling a recurrent network"'


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_fits_a_phone_and_is_accessible_in_both_themes(folder, browser, theme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=theme, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto((folder / "feedback" / "s204501" / NAME / f"{NAME}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expected, got = (page.locator(".matrix").nth(place).bounding_box() for place in (0, 1))
    assert got["y"] >= expected["y"] + expected["height"]
    page.set_viewport_size({"width": 1280, "height": 900})
    expected, got = (page.locator(".matrix").nth(place).bounding_box() for place in (0, 1))
    assert got["y"] == expected["y"]
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    context.close()
