"""Writing a hand-in to ``submitted/``, and remembering what was written, so that a person's file is never touched.

Chapter: *For instructors*. What ``parity collect`` has placed is in ``private/collected/NAME.json``: the hash of each
notebook and the text of its ``timestamp.txt``. What differs from it was put there, or changed, by hand.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from nbgrader.apps import NbGraderApp

from parity_lib.teaching import outcome

if TYPE_CHECKING:
    from parity_lib.teaching.collect import Candidate

TIME = "timestamp.txt"


@dataclass
class Row:
    """What became of one student's hand-in."""

    student: str
    state: str      # placed, updated, kept, by hand, nothing
    notes: list[str] = field(default_factory=list)
    serious: bool = False


@dataclass
class Entry:
    """What was placed for one student, and what was there before it, in case that writing was cut short."""

    digest: str
    time: str               # the text of timestamp.txt, "" for none
    late: bool = False
    order: int = 0          # Canvas's number of the attachment
    old_digest: str = ""
    old_time: str = ""
    passed_over: str = ""   # the hash of a file that gave way to one put there by hand

    @property
    def when(self) -> datetime | None:
        """The time as it was placed, in UTC."""
        return datetime.strptime(self.time, "%Y-%m-%d %H:%M:%S UTC") if self.time else None


class Record:
    """What was placed for each student of an exercise."""

    def __init__(self, app: NbGraderApp, name: str) -> None:
        self.app, self.name = app, name
        self.path = Path(app.coursedir.root, "private", "collected", quote(name, safe="") + ".json")
        try:
            known = json.loads(self.path.read_text(encoding="utf8"))
            self.entries = {student: Entry(**entry) for student, entry in known.items()}
        except FileNotFoundError:
            self.entries = {}
        except (ValueError, TypeError) as error:
            raise ValueError(f"{self.path} cannot be read ({error}); without it, every hand-in that is there counts as "
                             "put there by hand: remove it to go on so") from None

    def folder(self, student: str) -> Path:
        """Where a student's hand-in lies."""
        return outcome.submission_folder(self.app, student, self.name)

    def before(self, student: str) -> Entry | None:
        """What was placed for a student and still lies there as it was."""
        entry = self.entries.get(student)
        there = lies(self.folder(student), self.name)
        return entry if entry and entry.digest and there == (entry.digest, entry.time) else None

    def is_own(self, student: str, there: tuple[str, str]) -> bool:
        """Whether what lies there was placed, as it is, by this command."""
        entry = self.entries.get(student)
        return entry is not None and there[0] != "" and there[0] in (entry.digest, entry.old_digest) and there[1] in (
            entry.time, entry.old_time)

    def save(self) -> None:
        """Write all of it, as a whole."""
        outcome.private_folder(self.app)
        self.path.parent.mkdir(exist_ok=True)
        write(self.path, json.dumps({student: asdict(one) for student, one in sorted(self.entries.items())}, indent=1
                                    ).encode())


def lies(folder: Path, name: str) -> tuple[str, str] | None:
    """The notebook's hash and the time's text; "" for a notebook under another name or a link; None for no hand-in."""
    if not folder.is_symlink() and not folder.parent.is_symlink() and not (
            folder.is_dir() and any(one.name != TIME and not one.name.startswith(".") for one in folder.iterdir())):
        return None
    notebook, time = folder / f"{name}.ipynb", folder / TIME
    linked = any(one.is_symlink() for one in (folder.parent, folder, notebook, time))
    if linked or not notebook.is_file():
        return "", ""
    text = time.read_bytes()[:1000].decode("utf8", "replace").strip() if time.is_file() else ""
    return hashlib.sha256(notebook.read_bytes()).hexdigest(), text


def place(record: Record, student: str, chosen: Candidate | None, force: bool, dry: bool) -> Row:
    """Write a student's hand-in, unless it is there already or a person has put another one there."""
    there = lies(record.folder(student), record.name)
    if chosen is None:
        return Row(student, "nothing" if there is None else "by hand")
    entry = record.entries.get(student)
    if chosen.place < 0:
        return Row(student, "kept")
    time = f"{chosen.when:%Y-%m-%d %H:%M:%S} UTC" if chosen.when else ""
    row = Row(student, "placed" if there is None else "updated")
    if there is not None:
        own = record.is_own(student, there)
        if chosen.digest == there[0] and (time in (there[1], "") or not (own or force)):
            row.state = "kept"
            return _unknown_time(row, chosen, there[1])
        if not own and not force:
            return _by_hand(record, student, chosen, row, dry)
        if not own:
            row.notes.append("replaced what somebody had put there")
        if chosen.digest == there[0]:
            row.notes.append(f"the time: {time}")
        elif there[1] and not time:
            row.notes.append(f"the time of the file before, {there[1]}, went with it")
    if not dry:
        old_digest, old_time = there or ("", "")
        entry = Entry(chosen.digest, time, chosen.late, chosen.order, old_digest, old_time,
                      entry.passed_over if entry else "")
        record.entries[student] = entry
        record.save()
        _write(record.folder(student), record.name, chosen.read(), time)
        entry.old_digest = entry.old_time = ""      # whoever puts that one back from now on is a person
        record.save()
    return _unknown_time(row, chosen, time)


def _by_hand(record: Record, student: str, chosen: Candidate, row: Row, dry: bool) -> Row:
    row.state = "by hand"
    entry = record.entries.setdefault(student, Entry("", ""))
    row.serious = entry.passed_over != chosen.digest     # said once, a person knows it
    row.notes.append(f"what was put there stays, and {chosen.said} differs from it (--force {student} takes it)")
    if row.serious and not dry:
        entry.passed_over = chosen.digest
        record.save()
    return row


def _unknown_time(row: Row, chosen: Candidate, time: str) -> Row:
    if chosen.late and not time:
        row.serious = True
        row.notes.append(f"late, and by how much is not known: write the time to {TIME}")
    return row


def _write(folder: Path, name: str, data: bytes, time: str) -> None:
    for link in (folder.parent, folder):
        if link.is_symlink():
            link.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / f"{name}.ipynb", data)
    if time:
        write(folder / TIME, f"{time}\n".encode())
    else:
        (folder / TIME).unlink(missing_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all; a link in its place is replaced, not followed."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_bytes(data)
    new.replace(path)
