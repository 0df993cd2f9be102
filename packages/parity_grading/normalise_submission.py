"""Tools for making a copy of a submission for nbgrader, without links and with the expected file names."""

import hashlib
import json
import os
import re
import shutil
import stat
import time
from datetime import datetime
from pathlib import Path

from dateutil import tz
from nbgrader.utils import parse_utc

from parity_grading.untrusted import ADDED_BY_SYSTEMS, MOST_LEVELS, NOTEBOOK, paths_below, resembles

LARGEST = 100_000_000       # bytes of all files of a submission
MOST_PATHS = 5000       # a small virtual environment has fifteen hundred files
LONGEST_TIME = 100          # bytes
TIME_FILE = "timestamp.txt"
# nbgrader would read 11/12 as November 12, 18:30 as today, and an unknown zone as UTC.
TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?| \d\d:\d\d[\d:.]* ([A-Za-z/_]+))?")


def normalise(folder: Path, copy: Path, name: str) -> list[str]:
    """Copy a submission for the exercise ``name`` in the form that nbgrader expects, and return a note on each change.

    Raise ValueError if the files are too large, too many or nested too deep, or if the notebook is not among them.
    """
    left_out: list[Path] = []
    if is_link(folder):
        raise ValueError("its folder is a link to another folder")

    def find_special_files(directory: str, names: list[str]) -> list[str]:
        paths = [Path(directory, name) for name in names]
        special = [path for path in paths if path.is_symlink() or not (path.is_file() or path.is_dir())]
        left_out.extend(special)
        return [path.name for path in special]

    paths = paths_below(folder)
    if any(len(path.relative_to(folder).parts) == MOST_LEVELS for path in paths):
        raise ValueError(f"it has folders within folders, {MOST_LEVELS} deep or more")
    if len(paths) > MOST_PATHS:
        raise ValueError(f"it has more than {MOST_PATHS:,} files and folders")
    if sum(path.lstat().st_size for path in paths if path.is_file()) > LARGEST:
        raise ValueError(f"its files are larger than {LARGEST:,} bytes")
    shutil.copytree(folder, copy, ignore=find_special_files)
    notes = [f"left out {path.relative_to(folder)}, which is not a regular file" for path in left_out]
    if not (copy / f"{name}.ipynb").is_file():
        notebooks = [path for path in sorted(copy.rglob("*")) if path.is_file() and NOTEBOOK.search(path.name)
                     and not ADDED_BY_SYSTEMS.search(path.relative_to(copy).as_posix())]
        alike = [path for path in notebooks if resembles(path.name, name)] or notebooks
        if len(alike) != 1:
            there = ", ".join(path.name for path in notebooks) or "no notebook"
            raise ValueError("; ".join([f"{name}.ipynb is missing; there is {there}", *notes]))
        alike[0].rename(copy / f"{name}.ipynb")
        notes.append(f"{alike[0].relative_to(copy)} was used as {name}.ipynb")
    return notes + set_time_aside(copy)


def set_time_aside(folder: Path) -> list[str]:
    """Rename ``timestamp.txt`` if nbgrader cannot read it, since it would stop the formgrader, and return a note."""
    if is_link(folder) or not os.path.lexists(folder / TIME_FILE) or read_time(folder) is not None:
        return []
    aside = (folder / TIME_FILE).rename(folder / f"unreadable-time-{time.time_ns()}.txt")
    return [f"renamed {TIME_FILE} to {aside.name}, because nbgrader cannot read the time in it reliably; write it like "
            "2026-11-21 12:00:00 UTC"]


def read_time(folder: Path) -> datetime | None:
    """Read the submission time in UTC from ``timestamp.txt``, or return None if nbgrader cannot read it."""
    try:
        status = (folder / TIME_FILE).lstat()       # a pipe never ends, and a link may lead to one
        if stat.S_ISREG(status.st_mode) and status.st_size <= LONGEST_TIME:
            text = (folder / TIME_FILE).read_text(encoding="utf-8").strip()
            if (found := TIME.fullmatch(text)) and (not found[1] or tz.gettz(found[1])):
                return parse_utc(text)
    except Exception:       # dateutil raises many types of exceptions
        pass
    return None


def fingerprint(folder: Path) -> str:
    """Compute a hash of the names and contents of the files in a folder, without following links.

    After :data:`LARGEST` bytes, only the sizes of further files are included.
    """
    digest, left = hashlib.sha256(), LARGEST
    for path in [] if is_link(folder) else paths_below(folder):
        status = path.lstat()
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        digest.update(json.dumps([path.relative_to(folder).as_posix(), stat.S_IFMT(status.st_mode), size]).encode())
        left -= size
        if stat.S_ISREG(status.st_mode) and left >= 0 and os.access(path, os.R_OK):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_link(folder: Path) -> bool:
    """Return True if a submission's folder or its parent folder is a symbolic link."""
    return folder.is_symlink() or folder.parent.is_symlink()
