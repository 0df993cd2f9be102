"""A hand-in whose grading was killed is graded again; nbgrader would take it for done.

Chapter: *For instructors*. nbgrader writes a hand-in into ``autograded/`` twice, before its cells run and after, and
skips what it finds there. :class:`Begin` marks the first file, :class:`Finish` takes the mark out of the second, and
nbgrader_config.py calls :func:`remove` before a grading begins.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import psutil
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

MARK = "parity_unfinished"
QUIET_FOR = 60      # seconds after which a folder without a notebook is nobody's work


class Begin(NbGraderPreprocessor):
    """Mark a notebook as the work of this process."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Whatever a hand-in brings under this name is replaced."""
        nb.metadata[MARK] = {"pid": os.getpid(), "since": psutil.Process().create_time()}
        return nb, resources


class Finish(NbGraderPreprocessor):
    """Take the mark away: the points are in the gradebook, and the file is written next."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Last of all preprocessors."""
        nb.metadata.pop(MARK, None)
        return nb, resources


def remove(autograded: Path) -> list[str]:
    """Remove each ``STUDENT/EXERCISE`` in ``autograded`` that was not finished and that no process works on now."""
    removed = []
    for folder in sorted(one for one in autograded.glob("*/*") if one.is_dir()):
        if not finished(folder) and not _in_work(folder):
            shutil.rmtree(folder)
            removed.append(folder.relative_to(autograded).as_posix())
    return removed


def finished(folder: Path) -> bool:
    """Whether a graded hand-in is there as a whole."""
    notebooks = [_metadata(path) for path in folder.glob("*.ipynb")]
    return bool(notebooks) and all(metadata is not None and MARK not in metadata for metadata in notebooks)


def _in_work(folder: Path) -> bool:
    marks = [(_metadata(path) or {}).get(MARK, {}) for path in folder.glob("*.ipynb")]
    if not any(marks):
        return time.time() - folder.stat().st_mtime < QUIET_FOR
    return any(psutil.pid_exists(mark["pid"]) and psutil.Process(mark["pid"]).create_time() == mark["since"]
               for mark in marks if mark)


def _metadata(path: Path) -> dict[str, Any] | None:
    """A notebook's own metadata; None where only a part of it was written."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return None
