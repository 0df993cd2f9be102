"""An exercise in its page: the files of the runtime are those that the repository names, and a reader's browser gives
every submission of the bank the verdict and the message that it gets here.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from parity_book import runtime
from parity_checks.page import ADVICE, run
from parity_checks.points import IN_WORDS, POINTS
from tests.submissions import bank

from .conftest import ROOT
from .test_build import SOUND, tiny_book
from .test_pages import NARROW, WIDE, barriers, look, opened, served, visit

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from exercise_page import PAGES, add_editors, copy_runtime

PAGE = PAGES[0]
RELEASES = {page: nbformat.read(ROOT / f"{page}.ipynb", as_version=4) for page in PAGES}
STATUS = ".exercise-panel [role=status]"
BYTES = "unrolling/wrong_hard_coded"     # knows answers by the bytes of integers, which have 32 bits in a browser
WEIGHTS = [np.array(part) for part in ([[3.0], [3.0]], [[3.0, -3.0]] * 2, [0.0, -6.0], [[10.0, -10.0]], [-10.0])]
ROUNDED = "gradient_through_time/wrong_differences_of_losses"     # returns rounding errors of the machine
IDLE = "row => !row.querySelector('button').ariaDisabled"


# --- the files of the runtime ---

def sha256(text):
    return hashlib.sha256(text).hexdigest()


def test_a_file_comes_from_its_package_is_kept_and_must_be_the_one_that_the_repository_names(tmp_path, monkeypatch):
    def download(command, check):
        folder = next(word for word in command if word.startswith("--dest=")).removeprefix("--dest=")
        package, (place, name) = command[-1], places[command[-1]]
        with zipfile.ZipFile(Path(folder, "package.whl"), "w") as file:
            file.writestr(f"{place}{name}", package)
    places = {package: (place, name) for (package, place), name in
              ((runtime.PYODIDE_CARRIER, "numpy.whl"), (runtime.EDITOR_CARRIER, "index.js"))}
    monkeypatch.setattr(subprocess, "run", download)
    runtime._carrier.cache_clear()
    for package, (_, name) in places.items():
        with pytest.raises(ValueError, match=f"the sha256 of {name}"):
            runtime.fetch(name, sha256(b"another"), tmp_path)
        assert not (tmp_path / name).exists()
        assert runtime.fetch(name, sha256(package.encode()), tmp_path) == package.encode()
    editor = runtime.EDITOR_CARRIER[0].encode()
    (tmp_path / "index.js").write_bytes(b"changed")
    assert runtime.fetch("index.js", sha256(editor), tmp_path) == editor
    runtime._carrier.cache_clear()
    places.clear()      # a file that was kept is not downloaded again
    assert runtime.fetch("index.js", sha256(editor), tmp_path) == editor


def test_without_the_package_a_message_says_where_the_file_may_be_put(tmp_path, monkeypatch):
    def no_network(command, check):
        raise subprocess.CalledProcessError(1, command)
    monkeypatch.setattr(subprocess, "run", no_network)
    runtime._carrier.cache_clear()
    with pytest.raises(ValueError, match="which pip cannot download"):
        runtime.fetch("index.js", "0", tmp_path)


def test_every_file_becomes_a_script_and_the_lock_names_numpy_alone(tmp_path, monkeypatch):
    release = {name: name.encode() for name in runtime.SHA256}
    monkeypatch.setattr(runtime, "SHA256", {name: sha256(release[name]) for name in runtime.SHA256})
    (tmp_path / "_build/downloads").mkdir(parents=True)
    for name, content in release.items():
        (tmp_path / "_build/downloads" / name).write_bytes(content)
    for name in ("parity_lib", "packages"):
        (tmp_path / name).symlink_to(ROOT / name)
    runtime.prepare(tmp_path)
    files = {}
    for path in (tmp_path / "_build/runtime").iterdir():
        script = re.fullmatch(r'\(globalThis.parityRuntime \?\?= {}\)\["(.*)"\] = "(.*)";\n', path.read_text())
        name, packed = script.groups()
        files[name] = gzip.decompress(base64.b64decode(packed))
        assert path.name == f"{name}.js"
    libraries = zipfile.ZipFile(io.BytesIO(files.pop("libraries.zip"))).namelist()
    assert {"parity_lib/numpy_rnn.py", "parity_checks/page.py", "parity_checks/cells.json",
            "parity_checks/unrolling/messages.toml"} <= set(libraries)
    locked, = json.loads(files.pop("pyodide-lock.json"))["packages"].values()
    assert runtime.NUMPY["sha256"] == locked["sha256"]
    modules = json.loads(files.pop("editor.json"))
    assert list(modules) == list(runtime.EDITOR), "each module follows those that it imports"
    assert files | {name: text.encode() for name, text in modules.items()} == release


@pytest.mark.slow
@pytest.mark.whole
def test_a_build_includes_the_files_only_if_it_is_told_to(tmp_path):
    book = tiny_book(tmp_path, SOUND)
    (book / "_build/runtime").mkdir(parents=True)
    (book / "_build/runtime/python.zip.js").write_text("1")
    for options, included in ((["--runtime"], True), ([], False)):
        subprocess.run([sys.executable, "book/_ext/build_book.py", *options], cwd=book, check=True)
        assert (book / "_build/html/_static/runtime/python.zip.js").is_file() == included


# --- the page ---

@pytest.mark.book
@pytest.mark.parametrize("exercise", POINTS)
def test_a_page_offers_its_notebook_and_leads_to_the_sections_that_it_names(html, exercise):
    page = (html / "exercises" / exercise / f"{exercise}.html").read_text(encoding="utf8")
    link = re.search(r'class="get-notebook"><a href="([^"]*)" download', page)[1]
    assert (html / "exercises" / exercise / link).resolve().is_file()
    assert "colab" not in page, "the repository has no address"
    sections = re.findall(r"section[^<]*<a [^>]*href=\"([^\"]*)", page)
    assert sections
    assert all(link.startswith("../../book/") for link in sections)


@pytest.fixture(scope="module")
def site(html, tmp_path_factory):
    """The pages, with the runtime, which the first run downloads."""
    runtime.prepare(ROOT)
    folder, tags, static = tmp_path_factory.mktemp("site"), [], "../../_static"
    shutil.copytree(html, folder, dirs_exist_ok=True)
    files = {file.stem: file.stat().st_size for file in (ROOT / "_build/runtime").glob("*.js")}
    app = SimpleNamespace(srcdir=ROOT, outdir=folder, config=SimpleNamespace(parity_runtime=files),
                          add_js_file=lambda name, **_: tags.append(f'<script defer src="{static}/{name}"></script>'),
                          add_css_file=lambda name: tags.append(f'<link rel="stylesheet" href="{static}/{name}">'))
    copy_runtime(app, None)
    for page in PAGES:
        tags.clear()
        context = {"body": ""}
        add_editors(app, page, "", context, None)
        file = folder / f"{page}.html"
        text = file.read_text(encoding="utf8")
        file.write_text(text.replace("</article>", context["body"] + "".join(tags) + "</article>", 1), encoding="utf8")
    return folder


def started(context, address):
    """Open the page, press the button, and wait until Python runs."""
    page, wrong = visit(context, address)
    page.on("dialog", lambda dialog: dialog.accept())
    files = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert not [name for name in files if "/runtime/" in name]
    offer, points = page.locator(".exercise-panel").inner_text(), sum(POINTS[Path(address).stem].values())
    assert f"The checks here decide {points} of the {points + IN_WORDS[Path(address).stem]} points." in offer
    assert ("The comparison with PyTorch is left to the notebook" in offer) == (Path(address).stem == "unrolling")
    page.get_by_role("button", name="Start").click()
    assert f"decide {points} of the" in page.locator(".exercise-panel").inner_text(), "the points stay visible"
    page.wait_for_function(f"/ready|cannot/.test(document.querySelector('{STATUS}').textContent)", timeout=300_000)
    assert page.locator(STATUS).inner_text() == "Python is ready."
    return page, wrong


def editor(page, cell):
    return page.get_by_label(f"Python code: {cell}", exact=True)


def written(area):
    """Return the text of an editor, whose lines are elements."""
    return "\n".join(line.removesuffix("\n") for line in area.locator(".cm-line").all_inner_texts())


def row(page, place):
    return page.locator(".exercise-run").nth(place)


def press(page, cell):
    """Press the button of a cell and return whether it succeeded, and what it says.

    This is done with the keyboard, because the page may move under the mouse while editors measure their new texts.
    """
    cell.get_by_role("button").first.press("Enter")
    page.wait_for_function(IDLE, arg=cell.element_handle(), timeout=300_000)
    output = cell.locator("pre")
    return output.get_attribute("data-passed") == "true", output.text_content()


def submitted(submission, page):
    """Return the notebook of a submission without added cells.

    Their code begins the following cell instead or, if that is a check, ends the answer before it.
    """
    notebook, added, answer = bank.fill_in(RELEASES[page], bank.notebook(submission)), "", None
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code"]:
        if cell.id.endswith("-check"):
            answer.source += added and f"\n\n{added}"
        else:
            cell.source = added + cell.source
        added = ""
        if cell.id.startswith("added"):
            added = f"{cell.source}\n\n"
            notebook.cells.remove(cell)
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            answer = cell
    return notebook


def open_notebook(page, notebook):
    content = nbformat.writes(notebook) if isinstance(notebook, dict) else notebook
    page.set_input_files("input[type=file]", {"name": "mine.ipynb", "mimeType": "application/json",
                                              "buffer": content.encode()})
    page.wait_for_function("document.querySelector('input[type=file]').value === ''")


def cells_and_checks(notebook, exercise):
    """Yield each check with all earlier answers and read-only cells, as names and sources."""
    checks = [f"{name}-check".replace("_", "-") for name in POINTS[exercise]]
    cells = [(cell.id, cell.source) for cell in notebook.cells
             if cell.cell_type == "code" and "nbgrader" in cell.metadata]
    for place, (name, _) in enumerate(cells):
        if name in checks:
            yield [*(cell for cell in cells[:place] if cell[0] not in checks), cells[place]]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", [PAGE, *(pytest.param(page, marks=pytest.mark.weekly) for page in PAGES[1:])])
def test_every_submission_of_the_bank_gets_the_same_verdict_and_message_as_here(browser, site, exercise):
    with opened(browser, WIDE, "light") as context:
        page, wrong = started(context, (site / f"{exercise}.html").as_uri())
        compared, submissions = 0, bank.bank(Path(exercise).name)
        for submission in submissions:
            notebook = submitted(submission, exercise)
            open_notebook(page, notebook)
            tasks = list(cells_and_checks(notebook, Path(exercise).name))
            rows = page.locator(".exercise-run").filter(has=page.get_by_role("button", name="Check")).all()
            expected = [run(task) for task in tasks]
            needs_torch = re.search(r"\b(torch|nn)\b", "".join(source for name, source in tasks[-1][1:]))
            failing = [place for place, (passed, _) in enumerate(expected) if not passed]
            if failing and not needs_torch and submission.name != BYTES:
                rows, expected = zip(*[(rows[place], expected[place]) for place in failing], strict=True)
            got = [press(page, check) for check in rows]
            if needs_torch or submission.name == BYTES:
                assert all(here[0] or not there[0] for there, here in zip(got, expected, strict=True)), submission.name
                assert any(ADVICE in text for _, text in got) == bool(needs_torch), submission.name
                continue
            # Python 3.14 leaves these words out.
            expected = [(passed, text.replace(" while calling a Python object", "")) for passed, text in expected]
            if submission.name == ROUNDED:
                got, expected = ([(passed, re.sub("got: .*", "got:", text)) for passed, text in verdicts]
                                 for verdicts in (got, expected))
            assert got == expected, submission.name
            compared += 1
        assert not wrong
    assert compared > 0.85 * len(submissions)


@pytest.mark.slow
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_reader_writes_stops_and_keeps_their_work(browser, site, width):
    """The page comes from a server, and nothing in it is a barrier or too wide."""
    with served(site) as address, opened(browser, width, "dark") as context:
        page, wrong = started(context, f"{address}/{PAGE}.html")
        code = editor(page, "parity")
        code.fill("")
        code.press_sequentially("def parity(bits):\nwhile True:\n")
        page.keyboard.press("Tab")
        assert written(code) == "def parity(bits):\n    while True:\n            "
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("pass")
        assert written(code) == "def parity(bits):\n    while True:\n        pass"
        colours = [word.evaluate("word => getComputedStyle(word).color") for word in
                   (code.get_by_text("while", exact=True), page.locator(".cell pre .kn").first)]
        assert colours[0] == colours[1], "the editor has the colours of the page's other code"
        assert page.locator(".cm-editor", has=code).locator(".cm-lineNumbers").inner_text().split() == ["1", "2", "3"]
        page.keyboard.press("Escape")
        page.wait_for_timeout(2500)     # CodeMirror itself waits only for two seconds
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.cm-editor')") is None
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.ariaLabel") == "Python code: parity"
        page.keyboard.press("Tab")
        assert written(code).endswith("            pass"), "Tab indents again"
        page.keyboard.press("Shift+Tab")

        row(page, 0).get_by_role("button", name="Check").click()
        row(page, 1).get_by_role("button", name="Check").click()
        assert row(page, 1).locator("pre").inner_text().startswith("Another cell is running.")
        row(page, 0).get_by_role("button", name="Stop").click()
        row(page, 1).locator("pre").wait_for(state="hidden")
        assert row(page, 0).locator("pre").inner_text().startswith("Stopped.")
        assert page.locator(STATUS).inner_text().startswith("Starting")
        code.fill('print("<img src=x onerror=alert(1)>")\ndef parity(bits):\n    return bits.sum(axis=0) % 2')
        passed, text = press(page, row(page, 0))
        assert not passed
        assert "as with axis=1" in text
        link = row(page, 0).get_by_role("link")
        assert link.get_attribute("href").endswith("book/one-bit.html#parity-in-a-picture")
        assert link.get_attribute("target") == "_blank", "what the reader has done stays in sight"
        assert [*look(page, site, "dark"), *barriers(page)] == []
        assert wrong == []
        code.press("End")
        page.keyboard.press("Control+Enter")
        page.wait_for_function(IDLE, arg=row(page, 0).element_handle())
        assert "as with axis=1" in row(page, 0).locator("pre").inner_text()
        assert written(code).endswith("    return bits.sum(axis=0) % 2"), "no line was added"
        page.keyboard.type(" ")
        assert row(page, 0).locator("pre").inner_text().startswith("Before your last change:")

        weights = editor(page, "two-unit-weights")
        answer = "def two_unit_weights():\n    return " + ", ".join(f"np.array({part.tolist()})" for part in WEIGHTS)
        weights.fill(answer)
        passed, _ = press(page, row(page, 3))
        assert passed
        row(page, 3).get_by_role("button", name="Reset this answer").click()
        assert "NotImplementedError" in written(weights)
        page.keyboard.press("Control+z")
        assert written(weights) == answer
        assert "axis=0" in written(code), "one answer is reset, and no other"
        weights.fill(answer.replace("10.0", "0.0"))
        assert not press(page, row(page, 3))[0]

        strings = editor(page, "my-strings")
        stub = written(strings)
        strings.fill("1 + 1")
        page.once("dialog", lambda dialog: asked.append(dialog.message))
        asked = []
        row(page, 4).get_by_role("button", name="Reset this cell").click()
        assert written(strings) == stub
        assert asked == ["This removes what you wrote in this cell. Go on?"]

        model = page.get_by_role("button", name="Show the model answer").locator("..")
        assert press(page, model)[1].startswith("Write your own answer first")
        page.get_by_label("Your answer").fill('One "list"\\ \n' * 10)
        assert "code of yours since the notebook was started: rnn_step, unroll." in press(page, model)[1]
        for place, name in enumerate(("rnn_step", "unroll"), start=1):
            editor(page, name.replace("_", "-")).fill(f"def {name}(*arrays): pass")
            assert not press(page, row(page, place))[0]
        assert press(page, model)[1].startswith("One good answer.")
        page.get_by_label("Your answer").fill("A list of <b>strings</b> proves nothing.")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download my notebook").click()
        mine = json.loads(Path(download.value.path()).read_text(encoding="utf8"))
        nbformat.validate(mine)
        assert [new["id"] for old, new in zip(RELEASES[PAGE].cells, mine["cells"], strict=True)
                if old.source != "".join(new["source"])] == [
                    "parity", "rnn-step", "unroll", "two-unit-weights", "what-convinces"]

        page.get_by_role("button", name="Reset all answers").click()
        assert "NotImplementedError" in written(code)
        open_notebook(page, "{}")
        assert page.locator(STATUS).inner_text() == "mine.ipynb is not a notebook."
        open_notebook(page, json.dumps(mine))
        strings.fill(" ")
        page.reload()
        assert page.locator("a[href$='/unrolling.ipynb']").count() == 3
        assert [*barriers(page)] == []
        assert page.get_by_role("button", name="Continue here").count() == 5
        page.get_by_role("button", name="Continue here").last.click()
        code.wait_for()
        page.wait_for_function("document.activeElement.ariaLabel === 'Your answer: what-convinces'")
        assert written(strings) == stub, "an emptied cell starts again"
        assert page.locator("a[href$='/unrolling.ipynb']").count() == 0, "a download without the reader's answers"
        assert "axis=0" in written(code)
        assert row(page, 0).locator("pre").inner_text() == "You have not checked this answer since you opened the page."
        assert not row(page, 4).locator("pre").is_visible()
        assert press(page, page.locator(".exercise-run").last)[0]
        assert not row(page, 0).locator("pre").is_visible(), "the summary has checked it"
        assert written(page.get_by_label("Your answer")) == "A list of <b>strings</b> proves nothing."
