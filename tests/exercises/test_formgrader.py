"""In a real JupyterLab, the formgrader lists the submissions, and answers in words can be graded with the keyboard."""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from nbgrader.api import Gradebook

from parity_checks.points import POINTS
from parity_grading.course import load_course
from tests.exercises import course
from tests.grading import classroom
from tests.grading.classroom import the_class

pytestmark = [pytest.mark.browser, pytest.mark.whole, pytest.mark.slow]

NAMES = list(POINTS)
FIRST = NAMES[0]
STUDENTS = the_class()[:8]       # all of them have answered, and the second has written nothing of their own
OTHER = re.compile(r"^(?!https?://127\.0\.0\.1:|data:|blob:|about:)")
EXTENSIONS = {f"nbgrader.server_extensions.{name}": True for name in ("formgrader", "validate_assignment")}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with all exercises and submissions for one, of which only the answers in words are not graded."""
    folder = course.copy_course(tmp_path_factory.mktemp("formgrader") / "course", *NAMES)
    load_course(folder)     # as any command of the course does before the formgrader is opened
    return classroom.fill(folder, STUDENTS, read=False)


@pytest.fixture(scope="module")
def order(graded):
    """The ids of all submissions and their students, in the order of the formgrader."""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        return sorted((entry.notebooks[0].id, entry.student.id) for entry in book.assignment_submissions(FIRST))


@pytest.fixture(scope="module")
def lab(graded):
    """The address of a JupyterLab that runs in the course."""
    with serve(graded) as address:
        yield address


@contextmanager
def serve(folder):
    """Run JupyterLab with nbgrader's extension and without the user's settings, and yield its address."""
    own = {name: str(folder.parent / name) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR")}
    settings = folder.parent / "JUPYTER_CONFIG_DIR" / "jupyter_server_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"ServerApp": {"jpserver_extensions": EXTENSIONS}}))
    environment = {key: value for key, value in course.environment().items() if key != "JUPYTER_NO_CONFIG"} | own
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # `make lab` starts it in the same way.
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir=.", "--LabApp.default_url=/lab/tree/exercises",
               "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1", "--ServerApp.port_retries=0",
               "--IdentityProvider.token=", "--LabApp.extension_manager=readonly"]
    log = folder.parent / "lab.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(address, log):
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def page(lab, browser):
    """The first page of JupyterLab. Requests to other hosts are aborted, and make the test fail."""
    asked = []
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    context.route(OTHER, lambda route: (asked.append(route.request.url), route.abort()))
    page = context.new_page()
    page.goto(lab)
    yield page
    context.close()
    assert asked == []


def test_lab_opens_on_the_exercises(page):
    files = page.locator(".jp-DirListing-item .jp-DirListing-itemName")
    files.first.wait_for()
    assert sorted(files.all_inner_texts()) == sorted(NAMES)


@pytest.fixture(scope="module")
def formgrader(page):
    """The frame that JupyterLab opens from its menu Nbgrader."""
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader", exact=True).click()
    frame = page.frame_locator("iframe[src*=formgrader]")
    frame.locator("td.num-submissions").first.wait_for()
    return frame


def test_the_formgrader_lists_the_exercises_and_submissions(formgrader):
    rows = formgrader.locator("tbody tr")
    names = [name.strip() for name in formgrader.locator("td.name").all_inner_texts()]
    assert sorted(names) == sorted(NAMES)
    assert formgrader.locator(".alert").count() == 0      # no warning about an exchange
    row = rows.filter(has_text=FIRST)
    assert row.locator("td.num-submissions").inner_text().strip() == str(len(STUDENTS))
    row.locator("td.num-submissions a").click()
    student = formgrader.locator("tbody tr").filter(has_text=STUDENTS[0].id)
    student.wait_for()
    assert "needs manual grading" in student.inner_text()


def test_an_answer_in_words_is_graded_there(page, formgrader, graded, order):
    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=FIRST).click()
    formgrader.get_by_role("link", name=FIRST).last.click()
    formgrader.locator("tbody tr td a").filter(has_text="Submission #1").click()
    score = formgrader.locator(f"input.score[id='{classroom.TASK}']")
    score.wait_for()
    assert classroom.WORDS.split(".")[0] in formgrader.locator("body").inner_text()
    # nbgrader moves the cursor when MathJax, or our replacement, reports that it is ready: to the first demand.
    in_a_field = "() => document.activeElement.classList.contains('tabbable')"
    wait_until(lambda: score.evaluate("() => document.activeElement.ariaLabel === 'Points for demand 1'"))
    score.press("Escape")
    assert not score.evaluate(in_a_field)
    formgrader.locator("body").press("Enter")
    assert score.evaluate(in_a_field)
    score.fill("2")
    score.press("Tab")
    wait_until(lambda: grade_of(graded, order[0][1]) == (2, False))
    saved = "Saved: the score, 2, without points for the demands."
    wait_until(lambda: saved in formgrader.locator("[role=status]").inner_text())
    formgrader.get_by_label("Points for demand 1").focus()
    # Tab leads to the points for each demand, whose sum becomes the score, then to the comment and to the link to the
    # next submission. The page stays where it is.
    focused = "document.activeElement.id || document.activeElement.ariaLabel || document.activeElement.innerText.trim()"
    demands = [f"Points for demand {number}" for number in range(1, 5)]
    state = formgrader.locator(".parity-rubric [role=status]")
    fields = *demands, f"{classroom.TASK}-comment", "Next →"
    for name, points in zip(fields, ("1", "9", "0", ".5", "", ""), strict=True):
        page.wait_for_timeout(600)      # nbgrader scrolls for half a second
        assert formgrader.locator("body").evaluate(focused) == name
        assert formgrader.locator("body").evaluate("scrollY") > 1000
        page.keyboard.type(points)
        formgrader.locator("body").press("Enter" if points == "0" else "Tab")
    assert "Not saved yet: demand 2 needs from 0 to 1 points, in quarters." in state.inner_text()
    assert grade_of(graded, order[0][1]) == (2, False)
    formgrader.get_by_label(demands[0]).press("Control+.")
    assert formgrader.locator("body").evaluate(focused) == demands[1]
    page.keyboard.type("1")     # replaces the 9
    comment = formgrader.locator(f"[id='{classroom.TASK}-comment']")
    comment.fill("Why?")        # replaces all that the field contains
    comment.press("Tab")
    wait_until(lambda: comment_of(graded, order[0][1]) == "Points by demand: 1 + 1 + 0 + 0.5.\nWhy?")
    assert grade_of(graded, order[0][1]) == (2.5, False)
    wait_until(lambda: "Saved: the sum, 2.5, is the score" in state.inner_text())
    score.fill("3")
    score.press("Control+.")    # stays once, and says why
    wait_until(lambda: "The score, 3, is not the sum of these points, 2.5." in state.inner_text())
    formgrader.get_by_role("button", name="Full credit").last.click()
    wait_until(lambda: comment_of(graded, order[0][1]) == "Points by demand: 1 + 1 + 1 + 1.\nWhy?")
    assert grade_of(graded, order[0][1]) == (4, False)
    page.route("**/api/grade/*", lambda route: route.abort())
    formgrader.get_by_label(demands[1]).fill("0")
    formgrader.get_by_label(demands[1]).press("Control+.")
    wait_until(lambda: "Not saved: the server does not answer." in state.inner_text())
    page.unroute("**/api/grade/*")
    formgrader.get_by_label(demands[1]).press("Control+.")
    wait_until(lambda: grade_of(graded, order[0][1]) == (3, False))
    borders = formgrader.locator("#notebook img").evaluate_all("images => images.map(image => image.clientLeft)")
    assert set(borders) == {0}


def wait_until(holds):
    """Wait for half a minute, or until a condition holds."""
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("the page or the gradebook did not change")


def grade_of(graded, student):
    """Return the points for the answer in words, and whether it waits for the instructor."""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        grade = book.find_grade(classroom.TASK, FIRST, FIRST, student)
        return grade.manual_score, grade.needs_manual_grade


def comment_of(graded, student):
    """Return the comment on the answer in words."""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        return book.find_comment(classroom.TASK, FIRST, FIRST, student).comment


# ---------------------------------------------------------------- reading the answers by keyboard


@pytest.fixture(scope="module")
def reader(page, lab, order):
    """A separate page that shows the first submission."""
    reader = page.context.new_page()
    reader.goto(f"{lab}/formgrader/submissions/{order[0][0]}/")
    yield reader
    reader.close()


def arrive(reader, submission):
    """Wait for the page of a submission, with the cursor in the first field for the points of its answer."""
    # The address is not enough, because nbgrader saves a field twice when a key leaves it, and may load the page twice.
    reader.wait_for_function("""([submission, name]) => window.submission_id === submission
      && document.activeElement?.ariaLabel === name && formgrader.grades.loaded && formgrader.comments.loaded""",
                             arg=[submission, "Points for demand 1"])


def test_the_rubric_and_the_students_outputs_are_visible_next_to_the_answer(reader, order):
    arrive(reader, order[0][0])
    reader.wait_for_timeout(600)        # nbgrader scrolls to the answer
    answer, rubric, table = (reader.locator(f".parity-answer > {part}").bounding_box()
                             for part in (".cell", "aside", "details"))
    assert answer["x"] + answer["width"] <= rubric["x"]
    assert abs(answer["y"] - rubric["y"]) < 20
    assert table["y"] + table["height"] <= answer["y"]
    assert min(table["y"], rubric["y"]) > 50      # below the bar at the top
    assert rubric["y"] + rubric["height"] < 1000
    assert reader.locator("aside > table").last.locator("tr").count() == 4
    assert classroom.TABLE.splitlines()[1] in reader.locator(".parity-own").inner_text()
    assert reader.evaluate("document.documentElement.scrollWidth") == 1280


def test_points_are_typed_and_keys_open_the_next_submission(reader, order, graded):
    for place, (submission, _) in enumerate(order[:3]):
        arrive(reader, submission)
        reader.keyboard.press("Shift+Tab")
        reader.keyboard.type("2.5" if place == 1 else str(place))
        reader.keyboard.press("Control+.")
        if place == 0:      # where the first one stays, because the score is not the sum of the points for the demands
            reader.locator(".parity-look", has_text="is not the sum").wait_for()
            reader.keyboard.press("Control+.")
    arrive(reader, order[3][0])
    assert [grade_of(graded, student)[0] for _, student in order[:4]] == [0, 2.5, 2, None]
    reader.keyboard.press("Control+,")
    arrive(reader, order[2][0])
    reader.keyboard.press("Control+Shift+F")

    def flagged():
        with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
            return book.find_submission_notebook_by_id(order[2][0]).flagged
    wait_until(flagged)
    reader.reload()
    arrive(reader, order[2][0])
    reader.keyboard.press("Shift+Tab")
    reader.keyboard.type("1")       # replaces the earlier points
    reader.keyboard.press("Control+.")
    arrive(reader, order[3][0])
    assert grade_of(graded, order[2][1])[0] == 1
    reader.locator(".parity-waiting", has_text="waiting").wait_for()
    reader.keyboard.press("Control+Enter")
    reader.wait_for_function("submission => window.submission_id && window.submission_id !== submission",
                             arg=order[3][0])
    waiting, student = next(pair for pair in order if pair[0] == reader.evaluate("submission_id"))
    arrive(reader, waiting)
    reader.route("**/api/submitted_notebooks/**", lambda route: route.fulfill(
        json=[{"id": waiting, "index": 3, "needs_manual_grade": True}]))
    reader.reload()
    arrive(reader, waiting)
    reader.locator(".parity-waiting", has_text="save; no other submission waits").wait_for()
    for number in range(1, 5):
        reader.get_by_label(f"Points for demand {number}").fill("1")
    reader.keyboard.press("Control+Enter")
    reader.locator(".parity-waiting", has_text="saved; no other submission waits").wait_for()
    assert grade_of(graded, student)[0] == 4
