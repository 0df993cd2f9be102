"""A log of what nbgrader has no place for: why the grading of a submission failed, how long it took, what was repaired.

It is kept in ``private/outcomes/``, one file per student. `parity status` and `parity report` read it.

Chapter: *For instructors*.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from nbgrader.apps import NbGraderApp

from parity_grading.normalise_submission import fingerprint


def write(app: NbGraderApp, student: str, name: str, why: str | None, seconds: float | None = None,
          notes: Iterable[str] = ()) -> None:
    """Log the grading of a submission: why it failed (None if it did not), the seconds it took, and notes."""
    entry = {"why": why, "hand_in": fingerprint(submission_folder(app, student, name)), "seconds": seconds,
             "notes": [*notes]}
    private_folder(app)
    record = _record(app, student, name)
    record.parent.mkdir(parents=True, exist_ok=True)
    new = record.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(entry), encoding="utf8")
    new.replace(record)


def failure_reason(app: NbGraderApp, student: str, name: str) -> str | None:
    """Return why the submission could not be graded; None if it could be, or has changed since."""
    entry = _read(_record(app, student, name))
    return entry.get("why") if entry.get("hand_in") == fingerprint(submission_folder(app, student, name)) else None


def has_changed(app: NbGraderApp, student: str, name: str) -> bool:
    """Return whether the submission has changed since its last grading."""
    entry = _read(_record(app, student, name))
    return "hand_in" in entry and entry["hand_in"] != fingerprint(submission_folder(app, student, name))


def entries(app: NbGraderApp, name: str) -> dict[str, dict[str, Any]]:
    """Return the entries of an exercise by student, each with ``seconds`` and ``notes``."""
    records = sorted(_record(app, "any", name).parent.glob("*.json"))
    return {unquote(record.stem): entry for record in records if (entry := _read(record))}


def _read(record: Path) -> dict[str, Any]:
    try:
        entry = json.loads(record.read_text(encoding="utf8"))
    except (OSError, ValueError):
        return {}
    return entry if isinstance(entry, dict) else {}


def submission_folder(app: NbGraderApp, student: str, name: str) -> Path:
    """Return the folder of a submission."""
    return Path(app.coursedir.root, app.coursedir.format_path(app.coursedir.submitted_directory, student, name))


def private_folder(app: NbGraderApp) -> Path:
    """Return the folder ``private/``. If it has to be created, only the owner can read it."""
    folder = Path(app.coursedir.root, "private")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _record(app: NbGraderApp, student: str, name: str) -> Path:
    folder = Path(os.environ.get("PARITY_TRIAL") or Path(app.coursedir.root, "private"))     # see regrade
    return folder / "outcomes" / quote(name, safe="") / (quote(student, safe="@ ") + ".json")
