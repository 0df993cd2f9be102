"""Tools for collecting submissions from a learning platform's download.

Each file of the download is either placed in ``submitted/STUDENT/NAME/`` or listed with the reason why it was not.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from dateutil import tz
from nbgrader.apps import NbGraderApp

from parity_grading.archive import ArchivedFile, list_files, may_hold_notebook, open_archive, read_notebook
from parity_grading.course import find_assignment, open_gradebook, require_student
from parity_grading.normalise_submission import TIME_FILE
from parity_grading.platforms import Upload, find_platform, parse_time
from parity_grading.roster import Roster, read_people
from parity_grading.status import format_duration
from parity_grading.submission_store import TIME_FORMAT, CollectedSubmission, SubmissionStore
from parity_grading.untrusted import printable, read_cells, resembles
from parity_lib.errors import require, require_choice

STATES = ("placed", "updated", "kept", "by hand", "nothing")
UNDECIDED = "it is not clear which of this student's notebooks counts"


@dataclass
class ReportLine:
    """A single line of the report on collected submissions.

    The line is about a student or a file. ``serious`` means that a person should look at the student or the file.
    """

    subject: str        # a student's id, the path of a file, or the name of the list
    state: str          # one of STATES for a student, "left out" or "not needed" for a file, or "note"
    notes: list[str] = field(default_factory=list)
    serious: bool = False
    student: str = ""


@dataclass(frozen=True)
class Candidate:
    """A notebook that may count as a student's submission.

    ``file`` is None for a submission that was collected earlier.
    """

    submission: CollectedSubmission
    file: ArchivedFile | None
    file_name: str      # the name that the student gave it
    notes: tuple[str, ...] = ()


class Collector:
    """A tool for collecting the submissions for an exercise.

    It takes the submissions from a download and reports on every student and every file.
    """

    def __init__(self, app: NbGraderApp, name: str, source: str, list_path: Path | None = None, keep: str = "last"
                 ) -> None:
        """Load the students from the gradebook and the platform's list.

        ``source`` is a platform or a pattern for file names; ``keep`` is "last" or "on-time".
        """
        require_choice("--keep", keep, ("last", "on-time"))
        self.name, self.keep, self.platform = name, keep, find_platform(source)
        self.store, self.lines = SubmissionStore(app, name), []
        self.candidates: dict[str, list[Candidate]] = defaultdict(list)
        self.times: dict[str, datetime] = {}        # by the platform's number, as in the list
        with open_gradebook(app) as book:
            assignment = find_assignment(book, name)
            self.cells = {cell.name for notebook in assignment.notebooks
                          for cell in (*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells)}
            self.due = dict.fromkeys([student.id for student in book.students], assignment.duedate) | {
                entry.student.id: entry.duedate for entry in book.assignment_submissions(name)}
            self.roster = Roster(read_people(book))
        require(keep == "last" or assignment.duedate is not None, "--keep", keep, f"'last': {name} has no due date")
        if not self.roster.people:
            raise ValueError("the gradebook has no students yet; add them with nbgrader db student import FILE")
        title = self.platform.list_title
        require((list_path is not None) == bool(title), "--list", list_path and str(list_path),
                title or "left out with a pattern for file names")
        if list_path:
            self._read_list(list_path)

    def _read_list(self, path: Path) -> None:
        """Read student numbers and submission times from the platform's list."""
        _, students = self.platform.read_list(path)
        self.roster.match_list(students, path.name)
        unread = [student for student in students if student.time is None and self.platform.time_heading]
        for student in students:
            if student.time and student.time != "-":
                try:
                    self.times[student.number] = parse_time(student.time, tz.tzlocal())
                except ValueError:
                    unread.append(student)
        if unread:
            self._report(path.name, "note", f"{len(unread)} times cannot be read, such as {unread[0].time!r}; set the "
                         "language of your profile to English and export the list again", serious=True)
        if self.times:
            self._report(path.name, "note", f"times were read as {datetime.now(tz.tzlocal()):%Z}; if your profile has "
                         "another time zone, set TZ, as in TZ=Europe/Berlin parity collect ...")

    def collect(self, download: Path, force: tuple[str, ...] = (), dry_run: bool = False) -> None:
        """Collect all submissions from a zip archive.

        Files placed by hand are replaced only for the students in ``force``. With ``dry_run``, nothing is written.
        """
        for student in force:
            require_student("--force", student, self.due)
        try:
            archive = open_archive(download)
        except ValueError as error:
            raise ValueError(f"ARCHIVE must be a zip archive, but {download.name} cannot be used: {error}") from None
        with archive:
            self._read_files(list_files(archive))
            for person in self.roster.people:
                self._collect_from(person.id, person.id in force, dry_run)

    def _report(self, subject: str, state: str, *notes: str, serious: bool = False, student: str = "") -> None:
        self.lines.append(ReportLine(subject, state, [*notes], serious, student))

    def _leave_out(self, path: str, reason: str, student: str, serious: bool = True) -> None:
        self._report(path, "left out" if serious else "not needed", reason, serious=serious, student=student)

    def _read_files(self, files: list[ArchivedFile]) -> None:
        """Find the notebooks of each student in a download.

        All other files are left out.
        """
        problems, readable = [], False
        for file in files:
            student = ""
            try:
                uploads = self.platform.read_path(file.path)
                readable = True
                upload, student = self.roster.find(uploads)
                self.candidates[student].append(self._read_candidate(file, upload))
            except ValueError as error:
                problems.append((file.path, str(error), student))
        if not readable:
            raise ValueError(f"--from does not fit ARCHIVE: none of its {len(files)} files has a name of that form"
                             + "".join(f"; {path}: {reason}" for path, reason, _ in problems[:1]))
        for path, reason, student in problems:      # a PDF next to a notebook is not needed
            self._leave_out(path, reason, student, not self.candidates[student] or may_hold_notebook(path))

    def _read_candidate(self, file: ArchivedFile, upload: Upload) -> Candidate:
        """Read a student's notebook from a file.

        Raise ValueError if the file does not hold one notebook of the exercise.
        """
        path, data = read_notebook(file, self.name)
        name, notes = upload.file_name, ()
        if path != file.path:
            name, notes = PurePosixPath(path).name, (f"{path} was taken out of {name}",)
        cells = {cell.name for cell in read_cells(data)} - {""}
        foreign = cells - self.cells
        if self.cells and len(foreign) > len(cells & self.cells):
            raise ValueError(f"it is a notebook of another exercise, with {len(foreign)} cells that {self.name} lacks")
        time = upload.time or self.times.get(upload.number)
        submission = CollectedSubmission(hashlib.sha256(data).hexdigest(), f"{time:{TIME_FORMAT}}" if time else "",
                                         upload.late, file.path)
        return Candidate(submission, file, name, notes)

    def _collect_from(self, student: str, force: bool, dry_run: bool) -> None:
        """Copy a student's submission into the course folder.

        Nothing is copied if the submission is there already. A file that a person placed there is replaced only if
        ``force`` is true.
        """
        present = self.store.present(student)
        collected = present is not None and present.digest != "" and present == self.store.recorded(student)
        line = ReportLine(student, "nothing" if present is None else "kept" if collected else "by hand")
        candidate = self._choose(student, present if collected else None, line)
        refused = [f"{PurePosixPath(problem.subject).name}: {problem.notes[0]}" for problem in self.lines
                   if problem.student == student and not self.candidates[student]]
        line.notes += refused
        self.lines.append(line)
        if present is None and refused and not dry_run:
            self.store.refuse(student, "; ".join(refused))
        if candidate is None:
            return
        submission = candidate.submission
        same = present is not None and submission.digest == present.digest
        if same and (submission.time in ("", present.time) or not (collected or force)):
            submission = replace(submission, time=present.time)
            line.state = "kept"
            if collected and not dry_run:
                self.store.remember(student, submission)
        elif present is None or collected or force:
            line.state = "placed" if present is None else "updated"
            if present is not None and present.time and not submission.time:
                line.notes.append(f"its time is not known; that of the file before was {present.time}")
            if not dry_run:
                self.store.place(student, submission, read_notebook(candidate.file, self.name)[1])
        else:
            line.serious = True
            line.notes.append(f"the file placed by hand stays, but {candidate.file.path} differs from it (--force "
                              f"{student} replaces it)")
        if submission.late and not submission.time:
            line.serious = True
            line.notes.append(f"late, but it is not known by how much: write the time to {TIME_FILE}")

    def _choose(self, student: str, earlier: CollectedSubmission | None, line: ReportLine) -> Candidate | None:
        """Choose the notebook that counts as a student's submission.

        Return None if no new notebook counts. The student's other notebooks are left out.

        Notebooks named after the exercise come first. Among these and the submission collected earlier, the time
        decides if it is known for all of them, and otherwise the newer download and the exact file name.
        """
        new, expected = self.candidates[student], f"{self.name}.ipynb"
        named = [candidate for candidate in new if resembles(candidate.file_name, self.name)] or new
        pool = [*named]
        if earlier and earlier.digest not in {candidate.submission.digest for candidate in new}:
            pool.append(Candidate(earlier, None, "the submission collected earlier"))
        on_time = [candidate for candidate in pool if self._is_on_time(student, candidate.submission)]
        if self.keep == "on-time" and 0 < len(on_time) < len(pool):
            line.notes.append("the last one on time")
            pool = on_time
        if not pool:
            return None
        timed = all(candidate.submission.time for candidate in pool)

        def rank(candidate: Candidate) -> tuple:
            time = candidate.submission.time if timed else ""
            return time, candidate.file is not None, candidate.file_name == expected

        best = max(pool, key=rank)
        undecided = {candidate.submission.digest for candidate in pool if rank(candidate) == rank(best)}
        for candidate in new:
            together = candidate in named and candidate.submission.time == best.submission.time
            if len(undecided) > 1 and candidate.submission.digest in undecided:
                self._leave_out(candidate.file.path, UNDECIDED, student)
            elif candidate is not best and candidate.submission.digest == best.submission.digest:
                self._leave_out(candidate.file.path, "it is the same file again", student, serious=False)
            elif candidate is not best:
                self._leave_out(candidate.file.path, f"{best.file_name} was taken instead", student,
                                serious=together and best.file is not None)
        if len(undecided) > 1:
            line.notes.append(UNDECIDED)
            return None
        self._describe(student, best, line)
        return best if best.file else None

    def _describe(self, student: str, candidate: Candidate, line: ReportLine) -> None:
        """Add remarks about the chosen notebook to a student's line in the report."""
        time, due = candidate.submission.utc, self.due[student]
        line.notes += candidate.notes
        if time is not None and due is not None and time > due:
            line.notes.append(f"{format_duration((time - due).total_seconds())} late")
        if candidate.file and candidate.file_name != f"{self.name}.ipynb":
            line.notes.append(f"{candidate.file_name} was taken as {self.name}.ipynb")
        if self.keep == "on-time" and self._is_on_time(student, candidate.submission) is None:
            line.serious = True
            line.notes.append("it is not known whether it was on time")

    def _is_on_time(self, student: str, submission: CollectedSubmission) -> bool | None:
        """Return True if a notebook was submitted on time.

        Return None if this is not known.
        """
        if submission.utc is None:
            return None if submission.late is None else not submission.late
        return self.due[student] is None or submission.utc <= self.due[student]

    def needs_attention(self) -> bool:
        """Return True if the report needs the instructor's attention."""
        return any(line.serious for line in self.lines)

    def format_lines(self) -> Iterator[str]:
        """Yield the report line by line.

        There is a line for each student, for each file that was left out and for each note. The last line has the
        totals.
        """
        for line in sorted(self.lines, key=lambda line: line.subject not in self.due):
            notes = "; ".join(line.notes)
            yield printable(f"{line.subject:20} {line.state:8} {notes}".rstrip() if line.subject in self.due
                            else f"{line.state}: {line.subject}: {notes}")
        counts = Counter(line.state for line in self.lines)
        states = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
        yield (f"{len(self.due)} students: {states}; "
               f"files: {counts['left out']} left out, {counts['not needed']} not needed")
