"""Tools for handling submissions whose grading was interrupted or failed.

nbgrader writes a notebook into ``autograded/`` twice: before its cells run and afterwards. :class:`BeginGrading` marks
the first file, and :class:`FinishGrading` removes the mark from the second. Grading skips cells that train for minutes,
whose tables and figures the written answers quote, so the two classes also save and restore these outputs.
"""

import contextlib
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.apps import NbGraderApp
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from parity_grading.course import exercise_folder, write_file
from parity_grading.normalise_submission import fingerprint

MARK, OWN_OUTPUTS = "parity_unfinished", "parity_own_outputs"
MOST = 400_000              # characters of outputs per cell: three large figures
MOST_IN_ALL = 10 * MOST     # of all cells together
NOTE = "The output when it was submitted; the cell is not run again for grading:\n"
FINGERPRINT = "parity_submitted"    # a file that `parity grade` writes next to each graded notebook
QUIET_FOR = 60                      # seconds after which a folder without a readable notebook counts as unfinished


class BeginGrading(NbGraderPreprocessor):
    """A preprocessor that marks a notebook as unfinished and saves the outputs of the student's own runs."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb.metadata[MARK] = {"pid": os.getpid(), "since": psutil.Process().create_time()}
        for cell in nb.cells:
            cell.metadata.pop(OWN_OUTPUTS, None)
            if cell.cell_type == "code" and not is_grade(cell):
                cell.metadata[OWN_OUTPUTS] = [output for output in cell.outputs if output.output_type != "error"]
        return nb, resources


class FinishGrading(NbGraderPreprocessor):
    """The last preprocessor, which marks a notebook as finished and restores outputs to cells without any output."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb.metadata.pop(MARK, None)
        left = MOST_IN_ALL
        for cell in nb.cells:
            shown = cell.metadata.pop(OWN_OUTPUTS, None)
            if shown and not cell.outputs and not is_grade(cell):
                size = len(json.dumps(shown))
                if size > min(MOST, left):
                    shown = [new_output("stream", text=f"({size:,} characters were left out; open the file in "
                                                       "submitted/)\n")]
                else:
                    left -= size
                cell.outputs = [new_output("stream", text=NOTE), *shown]
        return nb, resources


def remove(autograded: Path) -> list[str]:
    """Remove the files that interrupted gradings left behind, and return the names ``STUDENT/EXERCISE``."""
    removed = []
    for folder in sorted(path for path in autograded.glob("*/*") if path.is_dir()):
        if not is_finished(folder) and not _is_in_work(folder):
            shutil.rmtree(folder)
            removed.append(folder.relative_to(autograded).as_posix())
    return removed


def is_finished(folder: Path) -> bool:
    """Return True if a folder contains a completely graded submission."""
    notebooks = [_metadata(path) for path in folder.glob("*.ipynb")]
    return bool(notebooks) and all(metadata is not None and MARK not in metadata for metadata in notebooks)


def graded_fingerprint(folder: Path) -> str:
    """Return the fingerprint of the submission in a graded folder, or "" if its grading is not finished."""
    record = folder / FINGERPRINT
    return record.read_text(encoding="ascii") if record.is_file() and is_finished(folder) else ""


def _is_in_work(folder: Path) -> bool:
    marks = [mark for path in folder.glob("*.ipynb") if (mark := (_metadata(path) or {}).get(MARK))]
    if not marks:
        return time.time() - folder.stat().st_mtime < QUIET_FOR
    return any(psutil.pid_exists(mark["pid"]) and psutil.Process(mark["pid"]).create_time() == mark["since"]
               for mark in marks)


def _metadata(path: Path) -> dict[str, Any] | None:
    """Read the metadata of a notebook, or return None if only a part of the file was written."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return None


def record_failure(app: NbGraderApp, student: str, name: str, why: str | None) -> None:
    """Record why a submission could not be graded, or remove the record if ``why`` is None."""
    path, failures = _read_failures(app, name)
    known = failures.pop(student, None)
    if why is not None:
        digest = fingerprint(exercise_folder(app, "submitted", student, name))
        failures[student] = {"why": why, "fingerprint": digest}
    if failures.get(student) != known:
        write_file(path, json.dumps(failures).encode())


def failure_reason(app: NbGraderApp, student: str, name: str) -> str | None:
    """Return the recorded reason for a failure, or None if there is none or the submission has changed."""
    entry = _read_failures(app, name)[1].get(student)
    if entry is None or entry["fingerprint"] != fingerprint(exercise_folder(app, "submitted", student, name)):
        return None
    return entry["why"]


def _read_failures(app: NbGraderApp, name: str) -> tuple[Path, dict[str, dict[str, str]]]:
    """Return the file with the failures for an exercise, and its content by student, {} if it is damaged."""
    path = Path(app.coursedir.root, "private", "outcomes", quote(name, safe="") + ".json")
    with contextlib.suppress(OSError, ValueError, TypeError):
        return path, dict(json.loads(path.read_text(encoding="utf8")))
    return path, {}
