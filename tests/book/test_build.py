"""The build: it fails when a page is wrong, and what it builds is never stale."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from filelock import FileLock

from .conftest import ROOT, build

pytestmark = pytest.mark.book

FRONT = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3}
---
"""
# The cell leaves a mark at each run, so that runs can be counted.
READS_EVERYTHING = FRONT + """\
# Numbers

```{code-cell} ipython3
import pathlib, sys
sys.path.insert(0, "..")
from parity_lib.constant import VALUE
with open("../runs.txt", "a") as marks: marks.write("x")
print("constant", VALUE)
results = pathlib.Path("../parity_lib/experiments/results")
print("result", (results / "run.json").read_text())
print("version", pathlib.Path("../constraints.txt").read_text())
```
"""
FAILING_CELL = FRONT + "# Wrong\n\n```{code-cell} ipython3\n1 / 0\n```\n"
SOUND = "# Sound\n\nAll is well.\n"


def tiny_book(folder: Path, page: str) -> Path:
    """A book of one page, with this book's configuration and extension."""
    for name in ("_config.yml", "book/_ext", "book/_static", "book/references.bib",
                 "parity_lib/figures/colours.css"):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    write(folder, "_toc.yml", "format: jb-book\nroot: book/page\n")
    write(folder, "book/page.md", page)
    write(folder, "parity_lib/__init__.py", "__version__ = '0'\n")
    write(folder, "parity_lib/constant.py", "VALUE = 'one'\n")
    write(folder, "parity_lib/experiments/results/run.json", "{}")
    write(folder, "constraints.txt", "torch==1")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf8")


def built(folder: Path) -> str:
    """Build and return the page."""
    done = build(folder)
    assert done.returncode == 0, done.stdout[-4000:]
    return (folder / "_build/html/book/page.html").read_text(encoding="utf8")


def said(done, folder: Path) -> str:
    """What a build says after its first line, which names the library of another folder."""
    first, _, rest = done.stdout.partition("\n")
    assert first == f"This is the parity command of {ROOT}, and it builds {folder} with that library."
    return rest


def runs(folder: Path) -> int:
    return len((folder / "runs.txt").read_text())


def test_jupyter_book_is_the_one_that_reads_this_configuration():
    assert version("jupyter-book") == "1.0.4.post1"


def test_a_page_is_never_stale_and_runs_only_when_it_must(tmp_path):
    book = tiny_book(tmp_path, READS_EVERYTHING)
    for stray in ("book/stray.md", "stray.md", ".hidden/stray.md", "book/.hidden/stray.md"):
        write(book, stray, FAILING_CELL)            # not in _toc.yml: neither run nor built
    page = built(book)
    assert "constant one" in page
    assert not list((book / "_build").rglob("stray*"))
    assert runs(book) == 1

    built(book)
    assert runs(book) == 1, "an unchanged page ran again"

    changes = {"parity_lib/constant.py": ("VALUE = 'two'\n", "constant two"),
               "parity_lib/experiments/results/run.json": ("[2]", "result [2]"),
               "constraints.txt": ("torch==2", "version torch==2")}
    for count, (name, (text, shown)) in enumerate(changes.items(), 2):
        write(book, name, text)
        assert shown in built(book), f"{name} changed and the page did not"
        assert runs(book) == count


def test_without_the_extension_the_stock_cache_would_be_stale(tmp_path):
    """The test above can fail: this is how it looks without the cache's key."""
    book = tiny_book(tmp_path, READS_EVERYTHING)
    extension = book / "book/_ext/parity_book.py"
    text = extension.read_text(encoding="utf8")
    write(book, "book/_ext/parity_book.py", text.replace('app.connect("config-inited", key_the_cache)', "pass"))
    built(book)
    write(book, "parity_lib/constant.py", "VALUE = 'two'\n")
    assert "constant one" in built(book)


# What is wrong with a page, and what the build says of it.
WRONG = {
    "loud": (FRONT + "# Loud\n\n```{code-cell} ipython3\nimport warnings; warnings.warn('stray')\n```\n", "stderr"),
    "lost": ("# Lost\n\n[](nowhere.md)\n", "nowhere"),
    "unfounded": ("# Unfounded\n\n{claim}`It always works <nobody-measured-this>`.\n", "nobody-measured-this"),
    "unknown": ("# Unknown\n\n{unknown}`x`\n", "Unknown interpreted text role"),
}


def test_wrong_pages_fail_the_build_each_for_its_own_fault_and_the_second_time_too(tmp_path):
    """Sphinx keeps pages that it has read; their warnings must not fall silent."""
    book = tiny_book(tmp_path, SOUND)
    write(book, "_toc.yml", "format: jb-book\nroot: book/page\nchapters:\n"
          + "".join(f"- file: book/{name}\n" for name in WRONG))
    for name, (text, _) in WRONG.items():
        write(book, f"book/{name}.md", text)
    for _ in range(2):
        done = build(book)
        assert done.returncode != 0
        warnings = [line for line in done.stdout.splitlines() if "WARNING" in line or "ERROR" in line]
        for name, (_, told) in WRONG.items():
            assert any(f"book/{name}.md" in line and told in line for line in warnings), f"{name}: {warnings}"
        assert not any("book/page.md" in line for line in warnings)
    for name in WRONG:
        write(book, f"book/{name}.md", SOUND)
    assert "All is well" in built(book)


def test_a_failing_cell_fails_the_build_and_leaves_nothing_in_the_way(tmp_path):
    book = tiny_book(tmp_path, FAILING_CELL)
    done = build(book)
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stdout
    assert not (book / "_build/html/_static").is_file()
    write(book, "book/page.md", SOUND)
    # A build says which page it is at and where the book is, and nothing else: no settings, colours or kernel's log.
    done = build(book)
    assert said(done, book).splitlines() == [
        "Page 1 of 1: book/page", f"The book is ready. Open {(book / '_build/html/index.html').as_uri()}"]
    assert "All is well" in (book / "_build/html/book/page.html").read_text(encoding="utf8")


def test_what_keeps_a_build_from_beginning_is_said_in_one_line(tmp_path):
    book = tiny_book(tmp_path, SOUND)
    (book / "_build").mkdir()
    with FileLock(book / "_build/.lock"):
        done = build(book)
        assert done.returncode == 1
        assert said(done, book) == f"Error: another build is running in {book}; wait for its end\n"
    write(book, "parity_lib/experiments/results/run.json", '{"results": {"a": 1')
    done = build(book)
    assert done.returncode == 1
    damaged = r"Error: parity_lib/experiments/results/run.json is cut short or damaged \(.*\); .*\n"
    assert re.fullmatch(damaged, said(done, book))
    write(book, "parity_lib/experiments/results/run.json", "{}")
    shutil.rmtree(book / "_build")
    write(book, "_build", "A file where the folder should be.")
    done = build(book)
    assert done.returncode == 1
    assert re.fullmatch(r"Error: .*_build cannot be written: .*\n", said(done, book))


def test_a_repository_brings_launch_buttons_and_a_base_brings_addresses(tmp_path):
    book = tiny_book(tmp_path, READS_EVERYTHING)
    config = (book / "_config.yml").read_text(encoding="utf8")
    block = re.search(r"^# repository:\n(?:#.*\n)+", config, re.MULTILINE)[0]
    config = config.replace(block, re.sub(r"^# ?", "", block, flags=re.MULTILINE))
    write(book, "_config.yml", config.replace("html:\n", "html:\n  baseurl: https://example.org/book/\n", 1))
    page = built(book)
    assert "https://mybinder.org/v2/gh/OWNER/one-bit-of-memory/main?urlpath=lab/tree/book/page.md" in page
    assert '<meta property="og:url" content="https://example.org/book/book/page.html" />' in page
    assert '<meta property="og:image" content="https://example.org/book/_static/social.png" />' in page
    assert (book / "_build/html/_static/social.png").is_file()
    assert "CC BY 4.0" in page, "theme options wipe out each other"
