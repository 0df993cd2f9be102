"""Tools for determining the status of each student's submission from the gradebook and the folders of the course."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Assignment, Student, SubmittedAssignment
from nbgrader.apps import NbGraderApp

from parity_grading import course, unfinished
from parity_grading.normalise_submission import fingerprint, read_time
from parity_grading.submission_store import SubmissionStore
from parity_grading.untrusted import printable

STATES = ("missing", "unusable", "collected", "failed", "changed since", "needs reading", "read")
SETTLED = ("missing", "read")       # nothing has to be done
GRADED = ("changed since", "needs reading", "read")
INTERRUPTED = "grading is still running or was interrupted; run parity grade again"


@dataclass
class StudentStatus:
    """The status, points and times of a student's submission for an exercise."""

    person: Student
    state: str = ""                 # one of STATES
    why: str = ""
    points: float | None = None     # so far, less the penalty; None if nothing was graded
    most: float = 0.0
    penalty: float = 0.0            # for lateness
    unread: int = 0                 # written answers
    late: float = 0.0               # seconds after the due date, with the extension
    extension: float = 0.0          # seconds

    @property
    def student(self) -> str:
        """The student's id."""
        return self.person.id


def read_statuses(app: NbGraderApp, name: str) -> list[StudentStatus]:
    """Return the status of every student and of every other submission, sorted by student id.

    Raise ValueError if the exercise is not in the gradebook.
    """
    with course.open_gradebook(app) as book:
        assignment, store = course.find_assignment(book, name), SubmissionStore(app, name)
        entries = {entry.student.id: entry for entry in book.assignment_submissions(name)}
        people = {person.id: person for person in book.students}
        # nbgrader enters everybody whom it grades, without a name.
        known = {person.id for person in people.values() if course.full_name(person) or person.email} or people
        rows = []
        for student in sorted(people.keys() | {folder.parent.name for folder in course.submission_folders(app, name)}):
            row = StudentStatus(people.get(student) or Student(id=student), most=assignment.max_score)
            _fill_in(row, app, assignment, entries.get(student), store)
            if student not in known:
                row.why = "; ".join(filter(None, [course.NOT_LISTED, row.why]))
            rows.append(row)
        return rows


def exercise_names(app: NbGraderApp) -> list[str]:
    """Return the names of the exercises in the gradebook, sorted by due date."""
    with course.open_gradebook(app) as book:
        return [name for _, name in sorted((item.duedate or datetime.max, item.name) for item in book.assignments)]


def _fill_in(row: StudentStatus, app: NbGraderApp, assignment: Assignment, entry: SubmittedAssignment | None,
             store: SubmissionStore) -> None:
    """Fill in the state, points and times of a submission from the folders and the gradebook's entry."""
    folder = course.exercise_folder(app, "submitted", row.student, assignment.name)
    try:
        row.state, row.why = _find_state(app, assignment.name, row.student, entry, folder, store)
    except OSError as error:
        row.state, row.why = "failed", f"its folder cannot be read: {error}"
    time = read_time(folder)
    if entry is not None:
        time = time or entry.timestamp
        row.penalty = entry.late_submission_penalty or 0.0
        row.extension = entry.extension.total_seconds() if entry.extension else 0.0
        grades = course.grades_of(entry)
        row.unread = sum(grade.needs_manual_grade for grade in grades)
        if row.state in GRADED and any(
                score is not None for grade in grades for score in (grade.auto_score, grade.manual_score)):
            row.points = max(0.0, entry.score - row.penalty)
    if row.state not in ("missing", "unusable") and time is not None and assignment.duedate is not None:
        row.late = max(0.0, (time - assignment.duedate - timedelta(seconds=row.extension)).total_seconds())


def _find_state(app: NbGraderApp, name: str, student: str, entry: SubmittedAssignment | None, folder: Path,
                store: SubmissionStore) -> tuple[str, str]:
    """Return the state of a submission and, for some states, an explanation."""
    present = folder.is_dir() and any(folder.iterdir())
    if present and (why := store.failure(student)):
        return "failed", why
    graded = course.exercise_folder(app, "autograded", student, name)
    if graded.is_dir():
        if not (digest := unfinished.graded_fingerprint(graded / f"{name}.ipynb")):
            return "failed", INTERRUPTED
        if present and fingerprint(folder) != digest:
            return "changed since", "the submission differs from the one that was graded"
        if entry is None:
            return "collected", "it was graded, but the gradebook does not contain it"
        return ("needs reading" if entry.needs_manual_grade else "read",
                "" if present else "it was graded, but the submission is gone")
    if not present:
        refused = store.recorded(student).refused
        return ("unusable", refused) if refused else ("missing", "")
    return "collected", ""


def summarise(rows: list[StudentStatus]) -> str:
    """Return the number of students in each state as one line of text."""
    counts = Counter(row.state for row in rows)
    return f"{len(rows)} students: " + ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])


def format_rows(rows: list[StudentStatus]) -> Iterator[str]:
    """Yield one line of text for each student, followed by the totals."""
    for row in rows:
        points = "" if row.points is None else f"{row.points:g} of {row.most:g}"
        late = f"{timedelta(seconds=round(row.late))} late" if row.late else ""
        extension = f"{timedelta(seconds=round(row.extension))} more time" if row.extension else ""
        notes = "; ".join(filter(None, [late, extension, row.why]))
        yield printable(f"{row.student:20} {row.state:13} {points:>12}  {notes}".rstrip())
    yield summarise(rows)
