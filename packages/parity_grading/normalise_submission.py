"""A normalised copy of a submission: without links, under the exercise's file names, without an unreadable time.

Every change is reported; the files in ``submitted/`` stay as they are.

Chapter: *For instructors*.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from parity_lib.progress import progress_bar

LARGEST = 100_000_000       # bytes of all files of a submission
LONGEST_TIME = 100          # characters


def printable(text: str) -> str:
    """Return a text without line breaks and control characters: file names may have been chosen to fool a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def progress(items: Sequence, **options: Any) -> Iterator:
    """Yield the items, with a bar that shows how many are done."""
    with progress_bar(len(items), None, **options) as bar:
        for item in items:
            yield item
            bar.update()


def normalise(folder: Path, copy: Path, notebooks: list[str]) -> Iterator[str]:
    """Copy a submission into the form that nbgrader needs, and yield a note about each change.

    Raise ValueError if the files are too large, or a notebook of the exercise cannot be found among them.
    """
    size = 0
    copy.mkdir(parents=True)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield f"left out {inside}, which is not a regular file"
        elif path.is_file() and not any((folder / parent).is_symlink() for parent in inside.parents if parent.name):
            size += path.stat().st_size
            if size > LARGEST:
                raise ValueError(f"its files are larger than {LARGEST:,} bytes")
            (copy / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / inside)
    for name in notebooks:
        if not (copy / f"{name}.ipynb").is_file():
            renamed = _find_renamed(copy, name, notebooks)
            renamed.rename(copy / f"{name}.ipynb")
            yield f"{renamed.relative_to(copy)} was taken for {name}.ipynb"
    if (stamp := copy / "timestamp.txt").is_file():
        text = stamp.read_bytes().decode("utf-8", "replace").strip()
        if not _is_time(text):
            stamp.unlink()
            yield f"left out the time {text[:40]!r}, which cannot be read"


def _find_renamed(copy: Path, name: str, notebooks: list[str]) -> Path:
    """Return the only file that can be the missing notebook. Raise ValueError if there are none or several."""
    others = [path for path in sorted(copy.rglob("*")) if path.is_file() and _is_notebook(path.relative_to(copy))
              and (path.parent != copy or path.stem not in notebooks)]
    alike = [path for path in others if name in path.stem.lower().replace(" ", "_").replace("-", "_")] or others
    if len(alike) != 1:
        there = ", ".join(path.name for path in others) or "no notebook"
        raise ValueError(f"{name}.ipynb is missing; there is {there}")
    return alike[0]


def _is_notebook(path: Path) -> bool:
    """Return whether a student may have meant this file: not one of Jupyter's checkpoints or of macOS's archives."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and re.search(r"\.ipynb(\.txt|\.json)?$", path.name, re.IGNORECASE) is not None


def _is_time(text: str) -> bool:
    """Return whether nbgrader can read this as a time."""
    try:
        return len(text) <= LONGEST_TIME and parse_utc(text) is not None
    except Exception:       # dateutil raises many kinds
        return False


def fingerprint(folder: Path) -> str:
    """Return a hash of the names and the contents of the files in a folder.

    Links are not followed. Of the files beyond :data:`LARGEST` bytes only the size counts.
    """
    digest, left = hashlib.sha256(), LARGEST
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        regular = stat.S_ISREG(status.st_mode)
        digest.update(json.dumps([path.relative_to(folder).as_posix(), stat.S_IFMT(status.st_mode),
                                  status.st_size * regular]).encode())
        left -= status.st_size * regular
        if regular and left >= 0:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
