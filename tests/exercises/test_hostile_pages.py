"""A hostile hand-in, graded by the stock commands and opened in a browser: in the formgrader, and as feedback.

The same hand-in on nbgrader's stock pages is the control: there the payloads run, so that silence means something.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from tests.exercises import course
from tests.exercises.test_formgrader import OTHER, serve
from tests.submissions import bank
from tests.teaching import payloads

pytestmark = [pytest.mark.browser, pytest.mark.whole]

NAME = bank.authoring.names(bank.ROOT)[0]
STOCK_PAGES = "c = get_config()\nc.HTMLExporter.preprocessors = []\nc.HTMLExporter.filters = {}\n"
LOUD = [*payloads.MARKDOWN, *payloads.OUTPUTS]
# Everything is touched that can be: each element under the mouse, in focus, clicked.
TOUCH = """() => {
  for (const one of document.querySelectorAll("#notebook-container *")) {
    if (one.closest(".panel-heading")) continue;
    for (const kind of ["mouseover", "mouseenter", "focus", "pointerdown"]) one.dispatchEvent(new Event(kind));
    const link = one.closest("a[href]");
    if (one.click && !(link && /^(https?|mailto|file):/.test(link.href))) one.click();
  }
}"""
# What the browser itself made of the page, where students write.
ELEMENTS = """() => [...document.querySelectorAll(".rendered_html *, .output_area *")].flatMap(one => [
  one.localName, ...[...one.attributes].filter(a => /^on|^data-|^id$/.test(a.name)).map(a => a.name)])"""
COVERED = """() => {
  const place = document.querySelector("nav li.next a").getBoundingClientRect();
  const top = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
  return !top.closest("nav");
}"""


def hand_in(markdown, outputs):
    """The release with an answer and cells of one's own after it."""
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
    """Mallory's scripts, Eve's takeover of the page and Ada's honest work, graded."""
    folder = course.copy_course(tmp_path_factory.mktemp("safe") / "course", NAME)
    # The quiet ones come last: an element that they leave open would swallow what follows it on the stock page.
    loud = hand_in([*payloads.MARKDOWN.values(), *payloads.QUIET_MARKDOWN.values()],
                   [*payloads.OUTPUTS.values(), *payloads.QUIET_OUTPUTS.values()])
    course.grade_batch(folder, NAME, {
        "mallory": loud, "eve": hand_in(payloads.PAGE.values(), []),
        "ada": hand_in([payloads.HONEST], payloads.HONEST_OUTPUTS.values())})
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
    """What came of opening a page: payloads that ran, hosts that were asked, the page itself."""

    ran: set
    asked: list
    page: object


@pytest.fixture(scope="module")
def open_page(browser):
    """(address, touch) -> Visit: opened, everything on it touched, and some time given to what it started."""
    contexts = []

    def visit(address, touch):
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        contexts.append(context)
        seen = Visit(set(), [], None)
        context.expose_binding("ran", lambda source, name: seen.ran.add(name))
        context.route(OTHER, lambda route: (seen.asked.append(route.request.url), route.abort())
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
    """Each student's page in the formgrader, and as feedback."""
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        ids = {one.student.id: one.notebooks[0].id for one in book.assignment_submissions(NAME)}
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
def test_the_payloads_run_on_the_stock_pages(theirs, place):
    without_jquery = {"javascript"} if place == "feedback" else set()
    assert {*LOUD, "answer"} - without_jquery <= theirs[place, "mallory"].ran


def test_a_stock_formgrader_lets_a_hand_in_raise_its_points(theirs, stock):
    assert points(stock, "mallory") > 0


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
@pytest.mark.parametrize("student", ["mallory", "eve", "ada"])
def test_no_payload_runs_on_ours(ours, place, student):
    assert ours[place, student].ran == set()


def test_no_hand_in_raised_its_points(ours, safe):
    assert points(safe, "mallory") == 0


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
def test_the_browser_finds_nothing_active_where_students_write(ours, theirs, place):
    allowed = set(bank_of_elements(ours[place, "ada"])) | {"a"}
    for student in ("mallory", "eve"):
        assert set(bank_of_elements(ours[place, student])) - allowed <= {"b", "h2", "i"}
        assert {"script", "form"} & set(bank_of_elements(theirs[place, student]))


def bank_of_elements(visit):
    return visit.page.evaluate(ELEMENTS)


def test_no_hand_in_covers_the_page_or_sends_it_elsewhere(ours, theirs):
    eve, before = ours["formgrader", "eve"].page, theirs["formgrader", "eve"].page
    assert (eve.evaluate(COVERED), before.evaluate(COVERED)) == (False, True)
    assert eve.evaluate("document.baseURI") == eve.url
    assert before.evaluate("document.baseURI") == "https://elsewhere.example/"


def test_no_page_asks_a_host_that_a_student_names(ours, theirs):
    assert any("elsewhere.example" in url for url in theirs["formgrader", "eve"].asked)
    assert [url for seen in ours.values() for url in seen.asked if "cdnjs" not in url] == []


@pytest.mark.parametrize("place", ["formgrader", "feedback"])
def test_honest_work_is_there(ours, place):
    page = ours[place, "ada"].page
    text = page.locator("#notebook-container").first.inner_text()
    for words in ("If a < b and b > c, then if a < b: print(\"<script>\"), by", "Because a < b.",
                  "a &< b \\\\", "a frame of data", "print(\"<script>\" if a < b"):
        assert words in text
    assert page.locator(".rendered_html table, .output_area table").count() == 2
    assert page.locator("td:has(img[alt='p<1'])").evaluate("one => getComputedStyle(one).textAlign") == "center"
    formulas = page.locator("#notebook-container img[style]").evaluate_all("all => all.map(one => one.alt)")
    assert {"a<b & c", "h_t = \\tanh(W h_{t-1} + x_t) < 1", "p<1"} <= set(formulas)
    images = page.locator("#notebook-container img:not([style])")
    assert images.evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 0)") == [True] * 5


def test_the_files_of_the_feedback_hold_no_payload(safe, stock):
    active = re.compile(r"<(?:script|svg|iframe|base|meta|form|style)[^>]*>|\son\w+=|javascript:", re.IGNORECASE)
    counts = {}
    for folder in (safe, stock):
        for student in ("mallory", "eve"):
            page = (folder / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf8")
            body = page[page.index("notebook-container"):]
            counts[folder, student] = len([one for one in active.findall(re.sub(r"<pre>.*?</pre>", "", body))])
    assert counts[safe, "eve"] == 0
    assert counts[stock, "mallory"] > len(payloads.MARKDOWN) / 2


def test_the_files_of_the_students_are_untouched(safe):
    sent = nbformat.read(safe / "submitted" / "mallory" / NAME / f"{NAME}.ipynb", as_version=4)
    graded = nbformat.read(safe / "autograded" / "mallory" / NAME / f"{NAME}.ipynb", as_version=4)
    for notebook in (sent, graded):
        written = {cell.source for cell in notebook.cells}
        assert set(payloads.MARKDOWN.values()) <= written
