"""How the grading of a hand-in ended: why it failed, what it took, what was put in order. nbgrader has no place for it.

Chapter: *For instructors*. It is kept in ``private/outcomes/``, a file a student; `parity status` and `parity report`
read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from nbgrader.apps import NbGraderApp

READ_UP_TO = 100_000_000    # bytes of a hand-in; of what is larger, the size has to do


def remember(app: NbGraderApp, student: str, name: str, why: str | None, seconds: float | None = None,
             notes: Iterable[str] = ()) -> None:
    """Keep why grading a student's hand-in failed, or None where it did not; ``seconds`` that it took, and notes."""
    record = _record(app, student, name)
    own(app)
    record.parent.mkdir(parents=True, exist_ok=True)
    new = record.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"why": why, "hand_in": _trace(submitted(app, student, name)), "seconds": seconds,
                               "notes": [*notes]}), encoding="utf8")
    new.replace(record)


def recall(app: NbGraderApp, student: str, name: str) -> str | None:
    """Why the hand-in that lies there now could not be graded; None where it was, or has changed since."""
    known = _read(_record(app, student, name))
    return known.get("why") if known.get("hand_in") == _trace(submitted(app, student, name)) else None


def is_another(app: NbGraderApp, student: str, name: str) -> bool:
    """Whether the hand-in that lies there now is another than the one whose grading ended last."""
    known = _read(_record(app, student, name))
    return "hand_in" in known and known["hand_in"] != _trace(submitted(app, student, name))


def known(app: NbGraderApp, name: str) -> dict[str, dict[str, Any]]:
    """By student: ``seconds`` and ``notes`` of the last grading that did not keep what was there."""
    return {unquote(path.stem): read for path in sorted(_record(app, "any", name).parent.glob("*.json"))
            if (read := _read(path))}


def _read(record: Path) -> dict[str, Any]:
    try:
        found = json.loads(record.read_text(encoding="utf8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def submitted(app: NbGraderApp, student: str, name: str) -> Path:
    """The folder of a hand-in."""
    return Path(app.coursedir.root, app.coursedir.format_path(app.coursedir.submitted_directory, student, name))


def own(app: NbGraderApp) -> Path:
    """The folder ``private/``, closed to others where it is made here."""
    folder = Path(app.coursedir.root, "private")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _record(app: NbGraderApp, student: str, name: str) -> Path:
    place = Path(os.environ.get("PARITY_TRIAL") or Path(app.coursedir.root, "private"))     # see regrade
    return place / "outcomes" / quote(name, safe="") / (quote(student, safe="@ ") + ".json")


def _trace(folder: Path) -> str:
    """A hash of the files of a hand-in as they lie there, links and all; none of them is trusted to be small."""
    digest, left = hashlib.sha256(), READ_UP_TO
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        digest.update(json.dumps([path.relative_to(folder).as_posix(), stat.S_IFMT(about.st_mode)]).encode())
        if stat.S_ISREG(about.st_mode):
            digest.update(str(about.st_size).encode())
            left -= about.st_size
            if left >= 0:
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
