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


@pytest.fixture(scope="session")
def html(testrun_uid: str) -> Path:
    """The folder of the built pages. The first worker that needs it builds the book, and the others wait."""
    folder = ROOT / "_build"
    folder.mkdir(exist_ok=True)
    log = folder / f"tests-{testrun_uid}.log"
    with FileLock(folder / "tests.lock"):
        if not log.is_file():
            for log_of_another_run in folder.glob("tests-*.log"):
                log_of_another_run.unlink()
            done = build(ROOT)
            log.write_text("" if done.returncode == 0 else done.stdout, encoding="utf8")
    assert log.read_text(encoding="utf8") == "", "the book was not built"
    return folder / "html"
