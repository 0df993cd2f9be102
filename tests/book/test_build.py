"""The build: it fails if a page is wrong, executes only the pages that need it, and never leaves a stale page."""

from __future__ import annotations

import re
import shutil
import struct
from html import unescape
from pathlib import Path

import pytest
from filelock import FileLock

from .conftest import ROOT
from .quick_build import build_quickly

pytestmark = pytest.mark.whole

FRONT = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3}
---
"""
# The cell appends a letter to a file at each run, so that runs can be counted.
READS_EVERYTHING = FRONT + """\
# Numbers

```{code-cell} ipython3
import pathlib, sys
sys.path.insert(0, "..")
from parity_lib.imported import VALUE
with open("../runs.txt", "a") as marks: marks.write("x")
print("value", VALUE)
results = pathlib.Path("../packages/parity_study/results")
print("result", (results / "run.json").read_text())
print("files", sorted(path.name for path in results.glob("*.txt")))
```
"""
FAILING_CELL = FRONT + "# Wrong\n\n```{code-cell} ipython3\n1 / 0\n```\n"
SOUND = "# Sound\n\nAll is well.\n"


def tiny_book(folder: Path, page: str) -> Path:
    """Make a book of one page with this book's configuration and extensions, and a library of its own."""
    for name in ("_config.yml", "book/_ext", "book/_static", "book/references.bib",
                 "packages/parity_figures/colours.css"):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    write(folder, "_toc.yml", "format: jb-book\nroot: book/page\n")
    write(folder, "book/page.md", page)
    write(folder, "parity_lib/__init__.py", "")
    write(folder, "parity_lib/imported.py", "from parity_lib.indirectly import VALUE\n")
    write(folder, "parity_lib/indirectly.py", "VALUE = 'one'\n")
    write(folder, "parity_lib/unused.py", "VALUE = 'one'\n")
    write(folder, "parity_lib/grading/report.css", "p { color: black }")
    write(folder, "packages/parity_study/results/run.json", "{}")
    write(folder, "constraints.txt", "torch==1")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    """Write a file, with the folders above it."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf8")


def built(folder: Path) -> str:
    """Build a book and return the HTML of its page."""
    status, output = build_quickly(folder)
    assert status == 0, output[-4000:]
    return (folder / "_build/html/book/page.html").read_text(encoding="utf8")


def runs(folder: Path) -> int:
    """Return how often the page READS_EVERYTHING was executed."""
    return len((folder / "runs.txt").read_text())


@pytest.mark.slow
def test_a_page_is_executed_again_only_if_something_that_it_uses_has_changed(tmp_path):
    book = tiny_book(tmp_path, READS_EVERYTHING)
    for stray in ("book/stray.md", "stray.md", ".hidden/stray.md", "book/.hidden/stray.md"):
        write(book, stray, FAILING_CELL)            # not in _toc.yml, so neither executed nor built
    page = built(book)
    assert "value one" in page
    assert "og:image" not in page, "without the book's address, a picture would have none either"
    assert not list((book / "_build").rglob("stray*"))
    assert runs(book) == 1

    write(book, "parity_lib/unused.py", "VALUE = 'two'\n")
    write(book, "parity_lib/grading/report.css", "p { color: red }")
    write(book, "packages/parity_study/results/another.json", "{}")
    write(book, "book/_static/parity.css", "p { color: green }")
    built(book)
    assert (book / "_build/html/_static/parity.css").read_text() == "p { color: green }"
    assert runs(book) == 1, "the page was executed although nothing that it uses has changed"

    changes = {"parity_lib/indirectly.py": ("VALUE = 'two'\n", "value two"),
               "packages/parity_study/results/run.json": ("[2]", "result [2]"),
               "packages/parity_study/results/new.txt": ("", "new.txt"),
               "constraints.txt": ("torch==2", "value two")}
    for count, (name, (text, shown)) in enumerate(changes.items(), 2):
        write(book, name, text)
        assert shown in unescape(built(book)), f"{name} changed, but the page did not"
        assert runs(book) == count, name

    # A build that was stopped after the execution of the page has not written the page.
    write(book, "_build/html/book/page.html", "the old page")
    assert "value two" in built(book)
    assert runs(book) == count


# Pages that are wrong in one way each, and words of the warning about it.
WRONG = {
    "loud": (FRONT + "# Loud\n\n```{code-cell} ipython3\nimport warnings; warnings.warn('stray')\n```\n", "stderr"),
    "lost": ("# Lost\n\n[](nowhere.md)\n", "nowhere"),
    "unfounded": ("# Unfounded\n\n{claim}`It always works <nobody-measured-this>`.\n", "nobody-measured-this"),
    "unknown": ("# Unknown\n\n{unknown}`x`\n", "Unknown interpreted text role"),
}


def test_wrong_pages_fail_the_build_with_a_warning_each_and_the_second_time_too(tmp_path):
    """Sphinx keeps pages that it has read, but the build must repeat their warnings."""
    book = tiny_book(tmp_path, SOUND)
    write(book, "_toc.yml", "format: jb-book\nroot: book/page\nchapters:\n"
          + "".join(f"- file: book/{name}\n" for name in WRONG))
    for name, (text, _) in WRONG.items():
        write(book, f"book/{name}.md", text)
    for _ in range(2):
        status, output = build_quickly(book)
        assert status != 0
        warnings = [line for line in output.splitlines() if "WARNING" in line or "ERROR" in line]
        for name, (_, told) in WRONG.items():
            assert any(f"book/{name}.md" in line and told in line for line in warnings), f"{name}: {warnings}"
        assert not any("book/page.md" in line for line in warnings)


@pytest.mark.slow
def test_a_section_may_move_to_a_page_that_is_read_before_the_one_that_had_it(tmp_path):
    book, section = tiny_book(tmp_path, SOUND), "(moved)=\n## It moves\n\nTo another page.\n"
    write(book, "_toc.yml", "format: jb-book\nroot: book/page\nchapters:\n- file: book/before\n")
    for first, second in (("", section), (section, "")):
        write(book, "book/before.md", f"# Before\n\nThe other page.\n\n{first}")
        write(book, "book/page.md", f"{SOUND}\n{second}")
        status, output = build_quickly(book)
        assert status == 0, output


@pytest.mark.slow
def test_a_page_names_the_repository_as_the_configuration_does(tmp_path):
    commands = "git clone https://github.com/OWNER/one-bit-of-memory\ncd one-bit-of-memory\n"
    book = tiny_book(tmp_path, f"{SOUND}\n```text\n{commands}```\n")
    page = built(book)
    assert "cd one-bit-of-memory" in page
    assert "clone" not in page
    config = (book / "_config.yml").read_text(encoding="utf8")
    write(book, "_config.yml", f"{config}\nrepository: {{url: https://github.com/parity/book}}\n")
    page = built(book)
    assert "https://github.com/parity/book" in page
    assert "OWNER" not in page


@pytest.mark.slow
def test_chapters_of_a_second_part_have_letters_also_in_a_later_build(tmp_path):
    book = tiny_book(tmp_path, SOUND)
    write(book, "_toc.yml", """\
format: jb-book
root: book/page
parts:
- {numbered: true, chapters: [{file: book/one}]}
- {numbered: true, chapters: [{file: book/first}, {file: book/second}]}
""")
    section = ("## Section\n\n```{figure} dot.png\n:name: dot\n\nA dot\n```\n\n$$1$$ (unit)\n\n"
               "{eq}`unit`, {numref}`dot`\n")
    for title in ("Second", "Another"):
        write(book, "book/one.md", "# One\n")
        write(book, "book/dot.png", "")
        write(book, "book/first.md", "# First\n")
        write(book, "book/second.md", f"# {title}\n\n{section}")
        status, output = build_quickly(book)
        assert status == 0, output
        page = (book / "_build/html/book/second.html").read_text(encoding="utf8")
        text = " ".join(re.sub("<[^>]*>", "", page).split())
        for expected in (f"B. {title}", "B.1. Section", "Figure B.1 A dot", "(B.1), Figure B.1", "1. One", "A. First"):
            assert expected in text, expected


def test_a_failing_cell_is_reported_and_the_next_build_is_clean(tmp_path):
    book = tiny_book(tmp_path, FAILING_CELL)
    status, output = build_quickly(book)
    assert status != 0
    assert "book/page: CellExecutionError" in output
    assert "ZeroDivisionError: division by zero" in output
    assert not (book / "_build/html/_static").is_file()
    write(book, "book/page.md", READS_EVERYTHING)
    # No settings, colours or messages of a kernel.
    assert build_quickly(book) == (0, "Executed 1 of 1: book/page\n")


def test_two_builds_do_not_run_in_one_folder(tmp_path):
    book = tiny_book(tmp_path, SOUND)
    (book / "_build").mkdir()
    with FileLock(book / "_build/.lock"):
        assert build_quickly(book) == (1, f"Another build is running in {book}. Wait until it ends.\n")


@pytest.mark.slow
def test_a_repository_url_brings_launch_buttons_and_a_base_url_brings_addresses(tmp_path, monkeypatch):
    book = tiny_book(tmp_path, FRONT + SOUND)
    monkeypatch.setenv("PARITY_BOOK", "https://example.org/another/")
    config = (book / "_config.yml").read_text(encoding="utf8")
    block = re.search(r"^# repository:\n(?:#.*\n)+", config, re.MULTILINE)[0]
    config = config.replace(block, re.sub(r"^# ?", "", block, flags=re.MULTILINE))
    write(book, "_config.yml", config.replace("html:\n", "html:\n  baseurl: https://example.org/book/\n", 1))
    page = built(book)
    assert "https://mybinder.org/v2/gh/OWNER/one-bit-of-memory/main?urlpath=lab/tree/book/page.md" in page
    assert '<meta property="og:url" content="https://example.org/book/book/page.html" />' in page
    assert '<meta property="og:image" content="https://example.org/book/_static/social.png" />' in page
    assert struct.unpack(">II", (book / "_build/html/_static/social.png").read_bytes()[16:24]) == (1200, 630)
    assert "CC BY 4.0" in page, "one theme option replaced another"
