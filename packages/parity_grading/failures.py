"""Records of why submissions could not be graded, kept in ``private/outcomes/`` until they are graded or change."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from nbgrader.apps import NbGraderApp

from parity_grading.course import exercise_folder, write_file
from parity_grading.normalise_submission import fingerprint


def record(app: NbGraderApp, student: str, name: str, why: str | None) -> None:
    """Record the reason why a submission could not be graded, or remove the record if ``why`` is None."""
    if why is None:
        _path(app, student, name).unlink(missing_ok=True)
    else:
        entry = {"why": why, "fingerprint": fingerprint(exercise_folder(app, "submitted", student, name))}
        write_file(_path(app, student, name), json.dumps(entry).encode())


def reason(app: NbGraderApp, student: str, name: str) -> str | None:
    """Return the recorded reason why a submission could not be graded, or None if there is none or it has changed."""
    try:
        entry = json.loads(_path(app, student, name).read_text(encoding="utf8"))
        same = entry["fingerprint"] == fingerprint(exercise_folder(app, "submitted", student, name))
        return entry["why"] if same else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _path(app: NbGraderApp, student: str, name: str) -> Path:
    return Path(app.coursedir.root, "private", "outcomes", quote(name, safe=""), quote(student, safe="@ ") + ".json")
