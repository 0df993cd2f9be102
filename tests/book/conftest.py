"""The built book: once for all tests that read its pages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `parity book` in a folder, as make does."""
    parity = shutil.which("parity", path=str(Path(sys.executable).parent))
    return subprocess.run([parity, "book"], cwd=folder, text=True, encoding="utf8", errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def pages_in_toc(folder: Path) -> list[str]:
    """Every page that _toc.yml names, the first page first."""
    def files(entry):
        if isinstance(entry, list):
            return [name for one in entry for name in files(one)]
        own = [entry["file"]] if "file" in entry else []
        return own + [name for key in ("parts", "chapters", "sections", "entries", "subtrees") for name in
                      files(entry.get(key, []))]
    toc = yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf8"))
    return [toc["root"], *files(toc)]


@pytest.fixture(scope="session")
def html(testrun_uid: str) -> Path:
    """The folder of the built pages: the first worker that asks builds them, the others wait for it."""
    folder = ROOT / "_build"
    folder.mkdir(exist_ok=True)
    built_for = folder / "built-for-tests"
    with FileLock(folder / "tests.lock"):
        if not (built_for.is_file() and built_for.read_text(encoding="utf8") == testrun_uid):
            done = build(ROOT)
            assert done.returncode == 0, done.stdout[-6000:]
            built_for.write_text(testrun_uid, encoding="utf8")
    return folder / "html"
