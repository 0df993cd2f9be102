"""No payload of a hostile submission runs in a browser, neither in the formgrader nor on a page of feedback.

The same submission on nbgrader's stock pages is the control, because there the payloads do run.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from tests.exercises import course
from tests.exercises.test_formgrader import OTHER, serve
from tests.grading import payloads
from tests.submissions import bank

pytestmark = [pytest.mark.browser, pytest.mark.whole]

NAME = bank.authoring.names(bank.ROOT)[0]
STOCK_PAGES = "c = get_config()\nc.HTMLExporter.preprocessors = []\nc.HTMLExporter.filters = {}\n"
LOUD = [*payloads.MARKDOWN, *payloads.OUTPUTS]
# Moves the mouse over each element, focuses it and clicks it.
TOUCH = """() => {
  for (const element of document.querySelectorAll("#notebook-container *")) {
    if (element.closest(".panel-heading")) continue;
    for (const kind of ["mouseover", "mouseenter", "focus", "pointerdown"]) element.dispatchEvent(new Event(kind));
    const link = element.closest("a[href]");
    if (element.click && !(link && /^(https?|mailto|file):/.test(link.href))) element.click();
  }
}"""
# The elements and attributes that the browser created where students write.
ELEMENTS = """() => [...document.querySelectorAll(".rendered_html *, .output_area *")].flatMap(element => [
  element.localName, ...[...element.attributes].filter(a => /^on|^data-|^id$/.test(a.name)).map(a => a.name)])"""
COVERED = """() => {
  const place = document.querySelector("nav li.next a").getBoundingClientRect();
  const top = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
  return !top.closest("nav");
}"""


def submitted_notebook(markdown, outputs):
    """Return a submission with an answer and additional cells after it."""
    notebook = course.release(NAME)
    answer = next(cell for cell in notebook.cells if cell.cell_type == "markdown" and not course.locked(cell)
                  and cell.metadata.get("nbgrader", {}).get("grade"))
    answer.source = payloads.MARKDOWN["script"].replace("'script'", "'answer'") + "\n\nBecause a < b."
    attachments = {"pasted.png": {"image/png": payloads.PIXEL}}
    cells = [new_markdown_cell(source, attachments=attachments) for source in markdown]
    code = [new_code_cell(source, id=f"extra-{i}") for i, source in enumerate([payloads.IMPORTS, *outputs])]
    notebook.cells += code + cells
    notebook.metadata["widgets"] = payloads.WIDGETS
    notebook.metadata["title"] = "</title><script>ran('title')</script>"
    return notebook


@pytest.fixture(scope="module")
def safe(tmp_path_factory):
    """A graded course with Mallory's scripts, Eve's attempts to take over the page, and Ada's honest work."""
    folder = course.copy_course(tmp_path_factory.mktemp("safe") / "course", NAME)
    # The quiet payloads come last, because an element that they leave open contains the rest of the stock page.
    loud = submitted_notebook([*payloads.MARKDOWN.values(), *payloads.QUIET_MARKDOWN.values()],
                              [*payloads.OUTPUTS.values(), *payloads.QUIET_OUTPUTS.values()])
    course.grade_batch(folder, NAME, {
        "mallory": loud, "eve": submitted_notebook(payloads.PAGE.values(), []),
        "ada": submitted_notebook([payloads.HONEST], payloads.HONEST_OUTPUTS.values())})
    return folder


@pytest.fixture(scope="module")
def stock(safe, tmp_path_factory):
    """The same graded course with nbgrader's stock pages."""
    folder = tmp_path_factory.mktemp("stock") / "course"
    shutil.copytree(safe, folder)
    (folder / "private").mkdir()
    (folder / "private" / "nbgrader_config.py").write_text(STOCK_PAGES)
    course.nbgrader(folder, "generate_feedback", NAME, "--force")
    return folder


@dataclass
class Visit:
    """An opened page, the payloads that ran on it, and the requests to other hosts."""

    ran: set
    requests: list
    page: object


@pytest.fixture(scope="module")
def open_page(browser):
    """A function that opens an address, touches all elements, and waits for what this starts."""
    contexts = []

    def visit(address, touch):
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        contexts.append(context)
        seen = Visit(set(), [], None)
        context.expose_binding("ran", lambda source, name: seen.ran.add(name))
        context.route(OTHER, lambda route: (seen.requests.append(route.request.url), route.abort())
                      if not route.request.url.startswith("file:") else route.continue_())
        seen.page = context.new_page()
        seen.page.goto(address)
        seen.page.wait_for_timeout(1000)
        if touch:
            seen.page.evaluate(TOUCH)
            seen.page.wait_for_timeout(1500)
        return seen
    yield visit
    for context in contexts:
        context.close()


def visits(folder, open_page):
    """Open each student's page in the formgrader and their page of feedback."""
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        ids = {entry.student.id: entry.notebooks[0].id for entry in book.assignment_submissions(NAME)}
    with serve(folder) as address:
        for student in ("mallory", "eve", "ada"):
            page = f"{address}/formgrader/submissions/{ids[student]}/"
            found["formgrader", student] = open_page(page, touch=student == "mallory")
    for student in ("mallory", "eve", "ada"):
        page = (folder / "feedback" / student / NAME / f"{NAME}.html").as_uri()
        found["feedback", student] = open_page(page, touch=student == "mallory")
    return found


@pytest.fixture(scope="module")
def ours(safe, open_page):
    return visits(safe, open_page)


@pytest.fixture(scope="module")
def theirs(stock, open_page):
    return visits(stock, open_page)


def points(folder, student):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        return book.find_submission(NAME, student).score


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
def test_payloads_run_on_the_stock_pages(theirs, place):
    without_jquery = {"javascript"} if place == "feedback" else set()
    assert {*LOUD, "answer"} - without_jquery <= theirs[place, "mallory"].ran


def test_a_submission_raises_its_points_in_the_stock_formgrader(theirs, stock):
    assert points(stock, "mallory") > 0


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
@pytest.mark.parametrize("student", ["mallory", "eve", "ada"])
def test_no_payload_runs_on_ours(ours, place, student):
    assert ours[place, student].ran == set()


def test_no_submission_raises_its_points_in_ours(ours, safe):
    assert points(safe, "mallory") == 0


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
def test_the_browser_finds_nothing_active_where_students_write(ours, theirs, place):
    allowed = set(elements_of(ours[place, "ada"])) | {"a"}
    for student in ("mallory", "eve"):
        assert set(elements_of(ours[place, student])) - allowed <= {"b", "h2", "i"}
        assert {"script", "form"} & set(elements_of(theirs[place, student]))


def elements_of(visit):
    return visit.page.evaluate(ELEMENTS)


def test_no_submission_covers_the_page_or_changes_its_base(ours, theirs):
    eve, before = ours["formgrader", "eve"].page, theirs["formgrader", "eve"].page
    assert (eve.evaluate(COVERED), before.evaluate(COVERED)) == (False, True)
    assert eve.evaluate("document.baseURI") == eve.url
    assert before.evaluate("document.baseURI") == "https://elsewhere.example/"


def test_no_page_sends_a_request_to_a_host_that_a_student_names(ours, theirs):
    assert any("elsewhere.example" in url for url in theirs["formgrader", "eve"].requests)
    assert [url for seen in ours.values() for url in seen.requests if "cdnjs" not in url] == []


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
def test_honest_work_is_complete(ours, place):
    page = ours[place, "ada"].page
    text = page.locator("#notebook-container").first.inner_text()
    for words in ("If a < b and b > c, then if a < b: print(\"<script>\"), by", "Because a < b.",
                  "a &< b \\\\", "a frame of data", "print(\"<script>\" if a < b"):
        assert words in text
    assert page.locator(".rendered_html table, .output_area table").count() == 2
    assert page.locator("td:has(img[alt='p<1'])").evaluate("cell => getComputedStyle(cell).textAlign") == "center"
    formulas = page.locator("#notebook-container img[style]").evaluate_all("images => images.map(image => image.alt)")
    assert {"a<b & c", "h_t = \\tanh(W h_{t-1} + x_t) < 1", "p<1"} <= set(formulas)
    images = page.locator("#notebook-container img:not([style])")
    assert images.evaluate_all("images => images.map(image => image.complete && image.naturalWidth > 0)") == [True] * 5


def test_the_students_files_are_unchanged(safe):
    sent = nbformat.read(safe / "submitted" / "mallory" / NAME / f"{NAME}.ipynb", as_version=4)
    graded = nbformat.read(safe / "autograded" / "mallory" / NAME / f"{NAME}.ipynb", as_version=4)
    for notebook in (sent, graded):
        written = {cell.source for cell in notebook.cells}
        assert set(payloads.MARKDOWN.values()) <= written
