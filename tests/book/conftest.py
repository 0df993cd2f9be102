"""The built book, which all tests that read its pages share."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from parity_book.pdf import contents

ROOT = Path(__file__).resolve().parents[2]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `parity book` in a folder, as make does."""
    parity = shutil.which("parity", path=str(Path(sys.executable).parent))
    return subprocess.run([parity, "book"], cwd=folder, text=True, encoding="utf8", errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def pages_in_toc(folder: Path) -> list[str]:
    """Return the name of every page in _toc.yml, the first page first."""
    return [page["name"] for page in contents(yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf8")))]


def is_current(page: Path) -> bool:
    """Return True if nothing from which the book is made has changed since a page was built."""
    sources = [ROOT / "book", ROOT / "_config.yml", ROOT / "_toc.yml", ROOT / "constraints.txt"]
    for folder in ("book", "parity_lib", "packages", "solutions", "exercises"):
        sources += [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    return page.is_file() and max(path.stat().st_mtime for path in sources) < page.stat().st_mtime


@pytest.fixture(scope="session")
def html(testrun_uid: str) -> Path:
    """The folder of the built pages. The first worker that needs it builds the book if it has changed."""
    folder = ROOT / "_build"
    folder.mkdir(exist_ok=True)
    log = folder / f"tests-{testrun_uid}.log"
    with FileLock(folder / "tests.lock"):
        if not log.is_file():
            for log_of_another_run in folder.glob("tests-*.log"):
                log_of_another_run.unlink()
            done = None if is_current(folder / "html/index.html") else build(ROOT)
            log.write_text(done.stdout if done and done.returncode else "", encoding="utf8")
    assert log.read_text(encoding="utf8") == "", "the book was not built"
    return folder / "html"
