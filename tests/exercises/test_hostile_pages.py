"""No payload of a hostile submission runs in a browser, neither in the formgrader nor on a page of feedback.

The last test is the control: on nbgrader's stock pages the payloads of the same submission do run.
"""

import shutil
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from parity_checks.points import POINTS
from tests.exercises import course
from tests.exercises.test_formgrader import OTHER, serve
from tests.grading import payloads
from tests.submissions import bank

pytestmark = [pytest.mark.browser, pytest.mark.whole, pytest.mark.slow]

NAME = next(iter(POINTS))
STOCK_PAGES = ("c = get_config()\nc.HTMLExporter.preprocessors = []\nc.HTMLExporter.filters = {}\n"
               "c.GenerateFeedback.exporter_class = 'nbconvert.HTMLExporter'\n")
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
COVERED = """() => {
  const place = document.querySelector("nav li.next a").getBoundingClientRect();
  const top = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
  return !top.closest("nav");
}"""


def submitted_notebook(markdown, outputs):
    """Return a submission with an answer and additional cells after it."""
    notebook = course.release(NAME)
    answer = next(cell for cell in notebook.cells if cell.cell_type == "markdown" and not bank.is_locked(cell)
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
    folder = tmp_path_factory.mktemp("safe") / "course"
    # The quiet payloads come last, because an element that they leave open contains the rest of the stock page.
    loud = submitted_notebook([*payloads.MARKDOWN.values(), *payloads.QUIET_MARKDOWN.values()],
                              [*payloads.OUTPUTS.values(), *payloads.QUIET_OUTPUTS.values()])
    course.grade_batch(folder, NAME, {
        "mallory": loud, "eve": submitted_notebook(payloads.PAGE.values(), []),
        "ada": submitted_notebook([payloads.HONEST], payloads.HONEST_OUTPUTS.values())})
    return folder


@pytest.fixture(scope="module")
def open_page(browser):
    """A function that opens an address, touches all elements, and waits for what this starts."""
    contexts = []

    def visit(address, touch):
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        contexts.append(context)
        seen = SimpleNamespace(ran=set(), requests=[])      # the payloads that ran, and the requests to other hosts
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
    opened = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        ids = {entry.student.id: entry.notebooks[0].id for entry in book.assignment_submissions(NAME)}
    with serve(folder) as address:
        for student in ("mallory", "eve", "ada"):
            page = f"{address}/formgrader/submissions/{ids[student]}/"
            opened["formgrader", student] = open_page(page, touch=student == "mallory")
    for student in ("mallory", "eve", "ada"):
        page = (folder / "feedback" / student / NAME / f"{NAME}.html").as_uri()
        opened["feedback", student] = open_page(page, touch=student == "mallory")
    return opened


@pytest.fixture(scope="module")
def ours(safe, open_page):
    return visits(safe, open_page)


def points(folder, student):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        return book.find_submission(NAME, student).score


def test_no_payload_runs_and_no_points_change(ours, safe):
    assert {key: seen.ran for key, seen in ours.items() if seen.ran} == {}
    assert points(safe, "mallory") == 0


def test_no_submission_covers_the_page_changes_its_base_or_sends_a_request(ours):
    page = ours["formgrader", "eve"].page
    assert page.evaluate(COVERED) is False
    assert page.evaluate("document.baseURI") == page.url
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
    images = page.locator("#notebook-container img:not([style])")      # without the SVG
    assert images.evaluate_all("images => images.map(image => image.complete && image.naturalWidth > 0)") == [True] * 4


@pytest.mark.weekly
def test_each_attack_succeeds_on_the_stock_pages(safe, open_page, tmp_path):
    folder = shutil.copytree(safe, tmp_path / "course")
    (folder / "private").mkdir(exist_ok=True)
    (folder / "private" / "nbgrader_config.py").write_text(STOCK_PAGES)
    course.nbgrader(folder, "generate_feedback", NAME, "--force")
    theirs = visits(folder, open_page)
    assert {*LOUD, "answer"} <= theirs["formgrader", "mallory"].ran
    assert {*LOUD, "answer"} - {"javascript"} <= theirs["feedback", "mallory"].ran     # this page has no jQuery
    assert points(folder, "mallory") > 0
    eve = theirs["formgrader", "eve"]
    assert eve.page.evaluate(COVERED) is True
    assert eve.page.evaluate("document.baseURI") == "https://elsewhere.example/"
    assert any("elsewhere.example" in url for url in eve.requests)
