"""`parity collect`: from a platform's download to ``submitted/STUDENT/NAME/``, and a reason for each file left behind.

Chapter: *For instructors*. :mod:`archive` reads the files, :mod:`platforms` their names, :mod:`roster` finds the
student, :mod:`choosing` takes one of a student's files, :mod:`placing` writes it and remembers what was written, so
that nothing put there by a person is touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp

from parity_lib.errors import require, require_choice
from parity_lib.teaching import archive, placing, platforms, roster, status
from parity_lib.teaching.choosing import Candidate, Exercise, Left, alike, choose
from parity_lib.teaching.grade import printable
from parity_lib.teaching.placing import Row
from parity_lib.teaching.tidy import progress

OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz")
NOT_ONE = "it is no notebook: it cannot be read as one"


class Beside(ValueError):
    """A file that is no notebook; it matters to nobody where the student has sent one, too."""


@dataclass
class Collected:
    """What a command did: a row for each student, the files that went nowhere, how many a system had added."""

    rows: list[Row]
    left: list[Left]
    added_by_systems: int
    times_in_list: bool
    notes: list[str]        # on the list

    @property
    def needs_a_person(self) -> bool:
        """Whether not all went by itself."""
        return any(one.serious for one in (*self.rows, *self.left)) or bool(self.notes)


def collect(app: NbGraderApp, name: str, archives: list[Path], platform: str, listing: Path | None = None,
            keep: str = "last", zone: tzinfo = platforms.tz.UTC, force: tuple[str, ...] = (), dry: bool = False
            ) -> Collected:
    """Place the hand-ins of a download. Raises ValueError where an argument is not what it must be.

    ``zone`` is that of times that name none. ``force`` names students whose hand-in is replaced, whoever put it there.
    """
    require_choice("--keep", keep, ("last", "on-time"))
    exercise = _exercise(app, name)
    require(keep == "last" or exercise.due is not None, "--keep", keep, f"last: {name} has no due date")
    require(keep == "last" or platforms.has_times(platform, listing is not None), "--keep", keep,
            "last where nothing says when a hand-in came: --list FILE, or a pattern with (?P<timestamp>...)")
    known = roster.students(app)
    for student in force:
        status.require_student("--force", student, [one.id for one in known.people])
    if listing is not None:
        known.read(listing, platform, zone)
    reads = platforms.reader(platform, zone, lambda text: text.casefold() in known.ids)
    record = placing.Record(app, name)
    rows = []
    with contextlib.ExitStack() as stack:
        opened = [(path.name, stack.enter_context(archive.opened(path))) for path in archives]
        names = [one for one, _ in opened]
        found, left, junk = _gather(exercise, opened, reads, known)
        for person in known.people:
            mine = found.get(person.id, [])
            again = {one.digest for one in mine if one.when}    # what is known of their time now is what counts
            if (before := record.before(person.id)) is not None and before.digest not in again:
                mine = [Candidate("", "", before.digest, -1, before.when, before.late, before.order), *mine]
            own = [one for one in left if one.student == person.id]
            if any(one.place >= 0 for one in mine):
                for one in own:
                    one.serious &= not one.beside
            chosen, notes = choose(exercise, person.id, mine, keep, names, left)
            row = placing.place(record, person.id, chosen, person.id in force, dry)
            if all(one.place < 0 for one in mine):
                notes += [f"{PurePosixPath(one.path).name}: {one.why}" for one in own]
                notes += ["not in this download"] * (bool(mine) and not own)
            row.notes = [*notes, *row.notes]
            rows.append(row)
    return Collected(rows, sorted(left, key=lambda one: (one.archive, one.path)), junk,
                     any(one.when for one in known.entries.values()),
                     [*_on_times(known, listing), *filter(None, [known.doubt])])


def _on_times(known: roster.Roster, listing: Path | None) -> list[str]:
    if not known.times_unread:
        return []
    return [f"{len(known.times_unread)} times in {listing.name} were not taken: {known.times_unread[0]} "
            "(set the language of your Moodle profile to English and download it again)"]


def _exercise(app: NbGraderApp, name: str) -> Exercise:
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        found = status.find(book, name)
        cells = (one.name for notebook in found.notebooks
                 for one in (*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells))
        more = {one.student.id: one.extension for one in book.assignment_submissions(name) if one.extension is not None}
        return Exercise(name, found.duedate, more, frozenset(cells))


# ---------------------------------------------------------------- what is in the downloads


def _gather(exercise: Exercise, downloads: list[tuple[str, list[archive.File]]], reads: platforms.Reads,
            known: roster.Roster) -> tuple[dict[str, list[Candidate]], list[Left], int]:
    """The notebooks by student, and what cannot be one."""
    found, left, junk, numbers = defaultdict(list), [], 0, defaultdict(set)
    for place, (name, files) in enumerate(downloads):
        meant = [file for file in files if not archive.ADDED_BY_SYSTEMS.search(file.path)]
        junk += len(files) - len(meant)
        named, wrong = [], []
        for file in meant:
            try:
                named.append((file, reads(file.path, PurePosixPath(name).stem)))
            except ValueError as error:
                wrong.append(Left(name, file.path, str(error)))
        if not named:
            first = f"; {wrong[0].path}: {wrong[0].why}" if wrong else ""
            raise ValueError("ARCHIVE must have names of the form that --from says, but none of the "
                             f"{len(meant)} files in {name} has{first}")
        left.extend(wrong)
        known.settle(sent.who for _, sent in named)
        for file, sent in progress(named, desc=name, unit="file"):
            student = ""
            try:
                student, when = known.find(sent)
                numbers[student] |= {sent.number}
                for one in found[student]:      # the list knows the time of the last download's hand-in only
                    one.when = None if when and one.place < place else one.when
                found[student].append(_candidate(exercise, file, sent, place, sent.when or when))
                if sent.number in known.entries and known.entries[sent.number].draft:
                    found[student][-1].notes.append("a draft that was not submitted, by the list")
            except ValueError as error:
                left.append(Left(name, file.path, str(error), student=student, beside=isinstance(error, Beside)))
    for student, several in numbers.items():
        if len(several) > 1:        # a platform has one for each person
            why = (f"{len(several)} people of the platform are taken for {student}: {', '.join(sorted(several))}"
                   + ("" if known.has_list else roster.TOLD_APART))
            left.extend(Left(downloads[one.place][0], one.said, why, student=student)
                        for one in found.pop(student, ()))
    return found, left, junk


def _candidate(exercise: Exercise, file: archive.File, sent: platforms.Sent, place: int, when: datetime | None
               ) -> Candidate:
    """The notebook in a file. Raises ValueError where there is none, or not one only."""
    ending = PurePosixPath(sent.file).suffix.lower()
    called, read, notes = sent.file, file.read, []
    if ending == ".zip":
        def read() -> bytes:
            return archive.notebook_in(file.read(), lambda name: alike(name, exercise.name))[1]
        path = archive.notebook_in(file.read(), lambda name: alike(name, exercise.name))[0]
        called, notes = PurePosixPath(path).name, [f"{path} was taken out of {sent.file}"]
    elif not archive.NOTEBOOK.search(sent.file):
        file.read()     # whatever is wrong with it comes before its kind
        if ending in OTHER_ARCHIVES:
            raise ValueError(f"it is an archive that is not opened, {ending}")
        raise Beside(f"it is no notebook but {ending or 'a file without an ending'}")
    data = read()
    _require_notebook(exercise, data)
    return Candidate(file.path, called, hashlib.sha256(data).hexdigest(), place, when, sent.late, sent.order, notes,
                     read)


def _require_notebook(exercise: Exercise, data: bytes) -> None:
    try:
        content = json.loads(data)
        cells = content["cells"] if "cells" in content else [
            cell for sheet in content["worksheets"] for cell in sheet["cells"]]
        ids = {cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") for cell in cells} - {None}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(NOT_ONE) from None
    if exercise.cells and len(ids & exercise.cells) * 2 < len(ids):
        raise ValueError(f"it is the notebook of another exercise: {len(ids - exercise.cells)} of its {len(ids)} cells "
                         f"are not in {exercise.name}")


# ---------------------------------------------------------------- what is said


def lines(done: Collected, dry: bool) -> Iterator[str]:
    """A line for each student and each file that was left, and one of totals."""
    for row in done.rows:
        yield printable(f"{row.student:20} {row.state:9} {'; '.join(row.notes)}".rstrip())
    for one in done.left:
        yield printable(f"{'left out' if one.serious else 'not taken'}: {one.path} ({one.archive}): {one.why}")
    if done.added_by_systems:
        yield f"{done.added_by_systems} files that macOS, Windows or Jupyter had added were passed over"
    yield from map(printable, done.notes)
    counts = defaultdict(int)
    for row in done.rows:
        counts[row.state] += 1
    serious = sum(one.serious for one in done.left)
    yield (f"{len(done.rows)} students: " + ", ".join(f"{count} {state}" for state, count in counts.items())
           + f"; {serious} files left out, {len(done.left) - serious} not taken"
           + ("; nothing was written" if dry else ""))
