"""A copy of a hand-in in order: without links, under the file's right name, without a time that cannot be read.

Chapter: *For instructors*. What was changed on the way is said; the files in ``submitted/`` stay as they are.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

LARGEST = 100_000_000       # bytes of all files of a hand-in
LONGEST_TIME = 100          # characters


def printable(text: str) -> str:
    """A text in one line, without what a terminal obeys or cannot show: names of files are a stranger's."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def progress(items: Sequence, **options: Any) -> Iterator:
    """The items, with a bar that says how many are done."""
    from parity_lib.training import progress_bar  # which loads PyTorch

    with progress_bar(len(items), None, **options) as bar:
        for one in items:
            yield one
            bar.update()


def tidy(folder: Path, copy: Path, notebooks: list[str]) -> Iterator[str]:
    """Copy a hand-in as nbgrader can take it, and yield what was changed on the way.

    Raises ValueError where no notebook of the exercise can be told among its files, or they are too large.
    """
    size = 0
    copy.mkdir(parents=True)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield f"left out {inside}, which is no file of its own"
        elif path.is_file() and not any((folder / part).is_symlink() for part in inside.parents if part.name):
            size += path.stat().st_size
            if size > LARGEST:
                raise ValueError(f"its files are larger than {LARGEST:,} bytes")
            (copy / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / inside)
    yield from _right_names(copy, notebooks)
    yield from _readable_time(copy / "timestamp.txt")


def _right_names(copy: Path, notebooks: list[str]) -> Iterator[str]:
    """Give a renamed notebook its name back, if there is one only that it can be."""
    for name in notebooks:
        place = copy / f"{name}.ipynb"
        if place.is_file():
            continue
        others = [path for path in sorted(copy.rglob("*")) if path.is_file() and _may_be_one(path.relative_to(copy))
                  and (path.parent != copy or path.stem not in notebooks)]
        alike = [path for path in others if name in path.stem.lower().replace(" ", "_").replace("-", "_")] or others
        if len(alike) != 1:
            found = ", ".join(path.name for path in others) or "no notebook"
            raise ValueError(f"{name}.ipynb is missing; there is {found}")
        alike[0].rename(place)
        yield f"{alike[0].relative_to(copy)} was taken for {place.name}"


def _may_be_one(path: Path) -> bool:
    """Whether a student may have meant this file: no older state of Jupyter's, none that a Mac adds to archives."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and re.search(r"\.ipynb(\.txt|\.json)?$", path.name, re.IGNORECASE) is not None


def _readable_time(path: Path) -> list[str]:
    """Leave out a time that nbgrader cannot read."""
    if not path.is_file():
        return []
    text = path.read_bytes().decode("utf-8", "replace").strip()
    try:
        if len(text) > LONGEST_TIME:
            raise ValueError(text[:LONGEST_TIME])
        parse_utc(text)
    except Exception:       # dateutil raises many kinds
        path.unlink()
        return [f"left out the time {text[:40]!r}, which cannot be read"]
    return []


def fingerprint(folder: Path) -> str:
    """A hash of all files of a hand-in, with their names."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(json.dumps(path.relative_to(folder).as_posix()).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
