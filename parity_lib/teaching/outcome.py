"""Why a hand-in could not be graded, remembered after the grading has ended.

Chapter: *For instructors*. ``parity grade`` only prints it, and nbgrader leaves no more than a missing folder. It is
kept in ``private/outcomes/``, a file a student, so that processes that grade side by side do not wait for each other.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from urllib.parse import quote

from nbgrader.apps import NbGraderApp

READ_UP_TO = 100_000_000    # bytes of a hand-in; of what is larger, the size has to do


def remember(app: NbGraderApp, student: str, name: str, why: str | None) -> None:
    """Keep why grading a student's hand-in failed, or forget it where ``why`` is None: it was graded."""
    record = _record(app, student, name)
    if why is None:
        record.unlink(missing_ok=True)
        return
    own(app)
    record.parent.mkdir(parents=True, exist_ok=True)
    new = record.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"why": why, "hand_in": _trace(submitted(app, student, name))}), encoding="utf8")
    new.replace(record)


def recall(app: NbGraderApp, student: str, name: str) -> str | None:
    """Why the hand-in that lies there now could not be graded; None where it was, or has changed since."""
    try:
        known = json.loads(_record(app, student, name).read_text(encoding="utf8"))
        return known["why"] if known["hand_in"] == _trace(submitted(app, student, name)) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def submitted(app: NbGraderApp, student: str, name: str) -> Path:
    """The folder of a hand-in."""
    return Path(app.coursedir.root, app.coursedir.format_path(app.coursedir.submitted_directory, student, name))


def own(app: NbGraderApp) -> Path:
    """The folder ``private/``, closed to others where it is made here."""
    folder = Path(app.coursedir.root, "private")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _record(app: NbGraderApp, student: str, name: str) -> Path:
    return Path(app.coursedir.root, "private", "outcomes", quote(name, safe=""), quote(student, safe="@ ") + ".json")


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
