"""Tools for collecting submissions from an archive downloaded from a learning platform.

Each file is either placed in ``submitted/STUDENT/NAME/`` or listed with the reason why it was not. The files are read
into memory one at a time. Nothing is unpacked to disk, so a path in an archive is never followed.
"""

import hashlib
import io
import os
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from zoneinfo import available_timezones

from dateutil import tz
from nbgrader.apps import NbGraderApp

from parity_grading.course import find_assignment, open_gradebook
from parity_grading.normalise_submission import TIME_FILE
from parity_grading.platforms import PLATFORMS, ListedStudent, Roster, Upload, parse_time
from parity_grading.submission_store import TIME_FORMAT, CollectedSubmission, SubmissionStore
from parity_grading.untrusted import ADDED_BY_SYSTEMS, NOTEBOOK, mark, printable, read_notebook, resembles
from parity_lib.errors import require

MAX_BYTES = 20_000_000      # of one file; JSON can need 30 times as much memory once it is parsed
MOST_FILES, ENTRY = 1000, b"PK\x01\x02"     # of a student's archive; the mark in front of each entry of its directory
STATES = ("placed", "updated", "kept", "by hand", "nothing", "failed")
UNDECIDED = "it is not clear which of this student's notebooks counts"


@dataclass(frozen=True)
class ArchivedFile:
    """A file in an open zip archive. Its path uses forward slashes."""

    path: str
    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    def read(self) -> bytes:
        """Read the file. Raise ValueError if it is damaged, encrypted, too large or compressed in an unusual way."""
        method = self.entry.compress_type
        if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):    # others unpack without a limit
            raise ValueError(f"it is compressed in an unusual way (method {method}); only deflate is unpacked")
        try:
            with self.archive.open(self.entry) as stream:
                data = stream.read(MAX_BYTES + 1)
        except Exception as error:      # zipfile raises many types of exceptions for damaged files
            raise ValueError(f"it cannot be read: {error}") from None
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES:,} bytes")
        return data


@dataclass(frozen=True)
class Candidate:
    """A notebook that may count as a student's submission."""

    submission: CollectedSubmission
    file: ArchivedFile
    file_name: str      # the name that the student gave it
    notes: tuple[str, ...] = ()


class Collector:
    """A collector of the submissions in a download. ``needs_attention`` says whether its report has to be read."""

    def __init__(self, app: NbGraderApp, name: str, source: str, list_path: Path) -> None:
        """Load the students from the gradebook and the platform's list."""
        self.name, self.platform, self.store = name, PLATFORMS[source], SubmissionStore(app, name)
        self.states: dict[str, str] = {}                                    # of the students, each one of STATES
        self.notes: dict[str, list[str]] = defaultdict(list)                # about students
        self.refused: dict[str, list[str]] = defaultdict(list)              # reasons, by student
        self.candidates: dict[str, list[Candidate]] = defaultdict(list)     # by student
        self.other_lines: list[str] = []                                    # about files and the platform's list
        self.needs_attention = False
        self.times: dict[str, datetime] = {}                                # by the platform's number
        with open_gradebook(app) as book:
            assignment = find_assignment(book, name)
            self.cells = {cell.name for notebook in assignment.notebooks
                          for cell in (*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells)}
            people = book.students
            self.students = sorted(student.id for student in people)
        if not people:
            raise ValueError("the gradebook has no students yet; add them with nbgrader db student import FILE")
        rows = self.platform.read_list(list_path)[1]
        self.roster = Roster(people, rows, list_path.name)
        self._read_times(rows, list_path.name)

    def _read_times(self, students: list[ListedStudent], source: str) -> None:
        """Read the submission times from the platform's list."""
        unread = [student for student in students if student.time is None and self.platform.time_heading]
        for student in students:
            if student.time and student.time != "-":
                try:
                    self.times[student.number] = parse_time(student.time)
                except ValueError:
                    unread.append(student)
        if unread:
            self.needs_attention = True
            self.other_lines.append(
                f"note: {source}: {len(unread)} times cannot be read, such as {unread[0].time!r} of "
                f"{unread[0].name}, so these submissions never count as late; set the language of your profile to "
                "English and export the list again")
        if self.times:
            zone = os.environ.get("TZ")
            rule = zone and re.match(r":|[A-Za-z]{3,}[+-]?\d", zone)
            require(not zone or bool(rule) or zone in available_timezones(), "TZ", zone,
                    "a time zone, such as Europe/Berlin")
            advice = "; if your profile has another time zone, set TZ, as in TZ=Europe/Berlin parity collect ..."
            self.other_lines.append(f"note: {source}: times were read as "
                                    + (zone or f"{datetime.now(tz.tzlocal()):%Z}{advice}"))

    def collect(self, download: Path) -> None:
        """Collect all submissions from a zip archive."""
        try:
            archive = open_archive(download)
        except ValueError as error:
            raise ValueError(f"ARCHIVE must be a zip archive, but {download.name} cannot be used: {error}") from None
        with archive:
            self._read_files(list_files(archive))
            for student in self.students:
                try:
                    self.states[student] = self._collect_from(student)
                except OSError as error:        # the next student must be collected in any case
                    self.states[student], self.needs_attention = "failed", True
                    self.notes[student].append(f"the student's folder cannot be used: {error}")

    def _leave_out(self, path: str, reason: str, serious: bool = True) -> None:
        self.other_lines.append(f"{'left out' if serious else 'not needed'}: {path}: {reason}")
        self.needs_attention |= serious

    def _read_files(self, files: list[ArchivedFile]) -> None:
        """Find each student's notebooks in a download and ignore all other files."""
        problems, readable = [], False
        for file in files:
            student = ""
            try:
                uploads = self.platform.read_path(file.path)
                readable = True
                upload, student = self.roster.find(uploads, self.platform)
                self.candidates[student].append(self._read_candidate(file, upload))
            except ValueError as error:
                problems.append((file.path, str(error), student))
        if not readable:
            raise ValueError(f"--from does not match ARCHIVE: none of its {len(files)} files has a name of that form"
                             + "".join(f"; {path}: {reason}" for path, reason, _ in problems[:1]))
        for path, reason, student in problems:      # a PDF next to a notebook is not needed, but it may import a module
            self._leave_out(path, reason, not self.candidates[student] or may_hold_notebook(path) or path[-3:] == ".py")
            if not self.candidates[student]:
                self.refused[student].append(f"{PurePosixPath(path).name}: {reason}")

    def _read_candidate(self, file: ArchivedFile, upload: Upload) -> Candidate:
        """Read a student's notebook from a file. Raise ValueError unless it is a notebook of the exercise."""
        path, data, others = find_notebook(file, self.name)
        name, notes = upload.file_name, ()
        if path != file.path:
            name, notes = PurePosixPath(path).name, (f"{path} was taken out of {name}",)
        cells = {mark(cell) for cell in read_notebook(data).cells} - {""}
        foreign = cells - self.cells
        if self.cells and len(foreign) > len(cells & self.cells):
            raise ValueError(f"it is a notebook of another exercise, with {len(foreign)} cells that {self.name} lacks")
        time = self.times.get(upload.number)
        submission = CollectedSubmission(hashlib.sha256(data).hexdigest(), f"{time:{TIME_FORMAT}}" if time else "",
                                         upload.late, file.path)
        for other in others:
            self._leave_out(f"{file.path}/{other}", f"only {path} was taken out of it", other.endswith(".py"))
        return Candidate(submission, file, name, notes)

    def _collect_from(self, student: str) -> str:
        """Copy a student's submission unless a file was placed there by hand. Return the outcome, one of STATES."""
        present, notes = self.store.present(student), self.notes[student]
        collected = present is not None and present.digest != "" and present == self.store.recorded(student)
        candidate = self._choose(student) if self.candidates[student] else None
        notes += self.refused[student]
        if present is None and self.refused[student]:
            refused = "; ".join(self.refused[student])
            self.store.remember(student, replace(self.store.recorded(student), refused=refused))
        if candidate is None:
            return "nothing" if present is None else "kept" if collected else "by hand"
        submission, path = candidate.submission, candidate.file.path
        state = "placed" if present is None else "updated" if collected else "by hand"
        if present is not None and submission.digest == present.digest and (
                not collected or submission.time in ("", present.time)):
            submission, state = replace(present, late=submission.late, source=submission.source, refused=""), "kept"
            if collected:
                self.store.remember(student, submission)
        elif state == "by hand":
            self.needs_attention = True
            notes.append(f"the file that you placed stays, but {path} differs from it (to use {path}, delete your file "
                         "and collect again)")
        else:
            if present is not None and present.time and not submission.time:
                notes.append(f"its submission time is not known; that of the previous file was {present.time}")
            self.store.place(student, submission, find_notebook(candidate.file, self.name)[1])
        if submission.late and not submission.time:
            self.needs_attention = True
            notes.append(f"late, but it is not known by how much: write the time to {TIME_FILE}")
        return state

    def _choose(self, student: str) -> Candidate | None:
        """Choose by name which of a student's notebooks to grade. Return None if the choice is ambiguous."""
        candidates, expected = self.candidates[student], f"{self.name}.ipynb"
        named = [candidate for candidate in candidates if resembles(candidate.file_name, self.name)] or candidates
        best, *rivals = [candidate for candidate in named if candidate.file_name == expected] or named
        tied = {candidate.submission.digest for candidate in (best, *rivals)}
        for candidate in candidates:
            if len(tied) > 1 and candidate.submission.digest in tied:
                self._leave_out(candidate.file.path, UNDECIDED)
            elif candidate is not best:
                self._leave_out(candidate.file.path, f"{best.file_name} was used instead",
                                serious=candidate in named and candidate.submission.digest != best.submission.digest)
        if len(tied) > 1:
            self.notes[student].append(UNDECIDED)
            return None
        self.notes[student] += best.notes
        if best.file_name != expected:
            self.notes[student].append(f"{best.file_name} was used as {expected}")
        return best

    def format_lines(self) -> Iterator[str]:
        """Yield the lines of the report: students, omitted files, notes, and finally the totals."""
        for student, state in self.states.items():
            yield printable(f"{student:20} {state:8} {'; '.join(self.notes[student])}".rstrip())
        yield from map(printable, self.other_lines)
        counts = Counter(self.states.values())
        states = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
        left_out = sum(line.startswith("left out: ") for line in self.other_lines)
        not_needed = sum(line.startswith("not needed: ") for line in self.other_lines)
        yield f"{len(self.students)} students: {states}; files: {left_out} left out, {not_needed} not needed"


def open_archive(source: Path | bytes) -> zipfile.ZipFile:
    """Open a zip archive, given as ``bytes`` if it comes from a student. Raise ValueError if it cannot be read."""
    # Each file takes a kilobyte of memory as soon as the archive is opened.
    if isinstance(source, bytes) and source.count(ENTRY) > MOST_FILES:
        raise ValueError(f"it is a zip archive of more than {MOST_FILES:,} files")
    try:
        return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, IsADirectoryError):
        raise ValueError("it is damaged, or it is not a zip archive") from None


def list_files(archive: zipfile.ZipFile) -> list[ArchivedFile]:
    """Return the files in a zip archive, keyed by path, except for those that operating systems and Jupyter add."""
    # Some programs for Windows write backslashes.
    files = [ArchivedFile(entry.filename.replace("\\", "/"), archive, entry) for entry in archive.infolist()]
    return sorted((file for file in files if not file.path.endswith("/") and not ADDED_BY_SYSTEMS.search(file.path)),
                  key=lambda file: file.path)


def find_notebook(file: ArchivedFile, exercise: str) -> tuple[str, bytes, list[str]]:
    """Return the path and the content of the notebook in a submitted file, and the paths of all other files in it.

    The file may be a zip archive.

    Raise ValueError if the file is neither a notebook nor an archive with exactly one candidate.
    """
    data = file.read()
    if not may_hold_notebook(file.path):
        raise ValueError("it is not a notebook")
    if NOTEBOOK.search(file.path):
        return file.path, data, []
    with open_archive(data) as archive:
        files = list_files(archive)
        notebooks = [inner for inner in files if NOTEBOOK.search(inner.path)]
        named = [inner for inner in notebooks if resembles(inner.path, exercise)] or notebooks
        if len(named) != 1:
            names = ", ".join(inner.path for inner in notebooks[:5]) or "none"
            raise ValueError(f"it is a zip archive that should hold one notebook, but holds {len(notebooks)}: {names}")
        return named[0].path, named[0].read(), [inner.path for inner in files if inner != named[0]]


def may_hold_notebook(path: str) -> bool:
    """Return True if a file name has the extension of a notebook or a zip archive."""
    return NOTEBOOK.search(path) is not None or path.lower().endswith(".zip")
