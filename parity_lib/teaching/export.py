"""`parity export`: the grades of an exercise as Moodle or Canvas imports them, and as a plain table.

Chapter: *For instructors*. A grade is what nbgrader's own export calls ``score``: points of tests and of answers in
words, less the penalty for lateness. Where there is none yet there is a blank, not a zero, and a line for a person.
Without Moodle's worksheet the grades go into the form of its gradebook's import (moodle/moodle,
grade/import/csv/classes/load_data.php at commit 0289d8c76654): it finds students by ID number or email, stops at one
that it does not know, and takes a blank for "no grade", so those without a grade are left out there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, Student, SubmittedAssignment
from nbgrader.apps import NbGraderApp

from parity_lib.errors import require
from parity_lib.teaching import outcome, status, worksheet
from parity_lib.teaching.grade import course, printable
from parity_lib.teaching.roster import Person, Roster
from parity_lib.teaching.worksheet import Form

FOLDER = Path("private") / "export"     # git ignores it
DIGITS = 2                              # what both platforms show
SUBMITTED = "submitted"                 # Moodle's status, in English


@dataclass(frozen=True)
class Standing:
    """Where a student stands with an exercise. ``points`` are after the penalty, None where there are none yet."""

    student: str
    first_name: str
    last_name: str
    email: str
    points: float | None = None
    most: float = 0.0
    penalty: float = 0.0
    handed_in: bool = False
    todo: str = ""      # what a person has to do, in words

    @property
    def full_name(self) -> str:
        """Given name first, as both platforms show it by default."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Exported:
    """What was written, what needs a person (a line each), and what is only good to know."""

    files: list[Path] = field(default_factory=list)
    graded: int = 0
    todo: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(root: Path, name: str, platform: str, *, listed: Path | None = None, column: str | None = None,
           partial: bool = False, scale: bool | None = None, out: Path | None = None, feedback: bool = False,
           downloaded: Path | None = None) -> Exported:
    """Write the grades of an exercise; into a copy of the platform's own file, where it is ``listed``.

    ``column`` is the heading of the grades' column where it cannot be told; with ``partial`` a hand-in whose answers
    are still to be read has the points that it has so far; ``scale`` says whether points are converted to the
    platform's maximum, where that is another. ``feedback`` makes an archive of the feedback pages beside it, for Canvas
    with the names of its ``downloaded`` submissions. Raises ValueError for an exercise that is not in the gradebook,
    and for a file that is not the platform's.
    """
    require(platform != "canvas" or listed is not None, "--list", None,
            "Canvas's gradebook, exported there: its numbers of students and assignments are nowhere else")
    app, done, form = course(root), Exported(), None
    standings = standings_of(app, name, partial)
    path = root / (out or FOLDER / f"{name}-{platform}.csv")
    require(listed is None or path.resolve() != listed.resolve(), "--out", str(path), "another file than --list")
    done.todo += [f"{one.student}: {one.todo}" for one in standings if one.todo]
    if listed is not None:
        form = form_of(listed, name, platform, column)
        filled(form, standings, _factor(form, standings, name, scale), done)
        content = form.sheet.bytes()
    else:
        content = (_for_moodle if platform == "moodle" else _as_table)(standings, name).encode("utf-8")
        done.graded = sum(one.points is not None for one in standings)
    if out is None:
        outcome.private_folder(app)
    write(path, content, done)
    missing = sum(not one.handed_in for one in standings)
    done.notes += [f"{missing} of {len(standings)} students handed in nothing, and have a blank"] if missing else []
    if feedback:
        _feedback(app, name, standings, form, downloaded, path.with_name(f"{path.stem}-feedback.zip"), done)
    return done


def _feedback(app: NbGraderApp, name: str, standings: list[Standing], form: Form | None, downloaded: Path | None,
              path: Path, done: Exported) -> None:
    """The archive of feedback pages, named for the platform as far as its names are known."""
    from parity_lib.teaching import feedback_archive as archive

    if form is not None and form.skips_above:
        names = archive.moodle_names(form, standings, name)
    elif form is not None and downloaded is not None:
        names = archive.canvas_names(form, standings, downloaded)
    else:
        names = archive.by_student(standings, name)
        done.notes.append("feedback pages are in folders by student id, which no platform takes back: Moodle's need "
                          "--list WORKSHEET, Canvas's --list GRADEBOOK --downloaded SUBMISSIONS.zip")
    archive.pack(app, name, standings, names, path, done)


def form_of(listed: Path, name: str, platform: str, column: str | None = None) -> Form:
    """The platform's file, and what is where in it."""
    require(platform in ("moodle", "canvas"), "--list", listed.name, "given with --to moodle or --to canvas")
    sheet = worksheet.read(listed)
    return worksheet.moodle(sheet, column) if platform == "moodle" else worksheet.canvas(sheet, name, column)


def write(path: Path, content: bytes, done: Exported) -> None:
    """Write a file that its owner alone can read, and say so where it takes the place of another one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_bytes() != content:
        done.notes.append(f"{path.name} takes the place of an earlier one")
    path.touch(0o600)
    path.chmod(0o600)       # it may have been there
    path.write_bytes(content)
    done.files.append(path)


# ---------------------------------------------------------------- what the gradebook says


def standings_of(app: NbGraderApp, name: str, partial: bool = False) -> list[Standing]:
    """Every student of the course, and whoever handed in without being one, in order of their ids."""
    rows = status.states(app, name)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        people = {one.id: one for one in book.students}
        entries = {one.student.id: one for one in book.assignment_submissions(name)}
        return [_standing(row, people.get(row.student), entries.get(row.student), partial) for row in rows]


def _standing(row: status.State, student: Student | None, entry: SubmittedAssignment | None,
              partial: bool) -> Standing:
    graded = row.state == "read" or (partial and row.state == "needs reading")
    grades = [one for notebook in entry.notebooks for one in notebook.grades] if entry is not None else []
    waiting = sum(one.needs_manual_grade for one in grades)
    about = ("", "", "") if student is None else (
        student.first_name or "", student.last_name or "", student.email or "")
    return Standing(row.student, *about, points=row.points if graded else None, most=row.most,
                    penalty=(entry.late_submission_penalty or 0.0) if entry is not None else 0.0,
                    handed_in=row.state != "missing", todo=_todo(row, waiting, student is not None))


def _todo(row: status.State, waiting: int, known: bool) -> str:
    """What a person has to do before this student has a grade."""
    words = {"missing": "", "read": "graded, and without points" if row.points is None else "",
             "collected": "handed in, and not graded yet: parity grade",
             "needs reading": f"{waiting} answer{'s' * (waiting != 1)} to be read"}
    todo = words.get(row.state, f"{row.state}: {row.why or 'parity grade says more'}")
    return todo if known else "; ".join(filter(None, [status.UNKNOWN, todo]))


# ---------------------------------------------------------------- into the platform's file


def filled(form: Form, standings: list[Standing], factor: float, done: Exported) -> None:
    """Put the grades into their rows, and say whose row or whose grade has no counterpart."""
    rows, strangers = matched(form, standings)
    done.todo += filter(None, [_told(form, standings).doubt])
    for row in strangers:
        done.todo.append(f"{form.about(row)[:80]}: in the platform's file, and no student of the course can be told")
    for one in standings:
        row = rows.get(one.student)
        if row is None:
            done.todo.append(f"{one.student}: {one.full_name or 'without a name'} is not in the platform's file"
                             + (f", and has {rounded(one.points)} points" if one.points is not None else ""))
            continue
        if not one.handed_in and any(form.sheet.cell(row, at).casefold().startswith(SUBMITTED) for at in form.who):
            done.todo.append(f"{one.student}: handed in, as the platform has it, and nothing is here")
        before = form.sheet.cell(row, form.grade)
        if before in form.kept or one.points is None:
            if before:
                done.notes.append(f"{one.student}: {before} in the platform's file stays")
            continue
        grade = rounded(one.points * factor)
        if form.most and float(grade) > form.most:
            above = f"{one.student}: {grade} is more than the platform's {form.most:g}"
            if form.skips_above:
                done.todo.append(f"{above}, and Moodle would pass over it")
                continue
            done.notes.append(above)
        if before and worksheet.number(before) != float(grade):
            done.notes.append(f"{one.student}: {grade} takes the place of {before}")
        form.sheet.put(row, form.grade, grade)
        done.graded += 1


def matched(form: Form, standings: list[Standing]) -> tuple[dict[str, int], list[int]]:
    """The row of each student, and the rows of nobody: told as whose a hand-in is."""
    known = _told(form, standings)
    found: dict[str, list[int]] = {}
    for row in form.students:
        if student := known.entries[form.number_of(row)].student:
            found.setdefault(student, []).append(row)
    whose = {student: places[0] for student, places in found.items() if len(places) == 1}
    return whose, [row for row in form.students if row not in set(whose.values())]


def _told(form: Form, standings: list[Standing]) -> Roster:
    """Whose the rows of the platform's file are."""
    known = Roster([Person(one.student, one.first_name, one.last_name, one.email, "") for one in standings])
    head, *rows = ([form.sheet.cell(row, at) for at in range(form.grade)] for row in (0, *form.students))
    known.take([cell.casefold() for cell in head], rows, form.number, "the platform's file")
    return known


def _factor(form: Form, standings: list[Standing], name: str, scale: bool | None) -> float:
    """By what points are multiplied to fit the platform's maximum."""
    most = max((one.most for one in standings), default=0.0)
    if not form.most or not most or form.most == most or scale is False:
        return 1.0
    if scale is None:
        raise ValueError(f"{name} has {most:g} points, and the platform's maximum is {form.most:g}: say --scale, and "
                         "points become shares of that maximum, or --no-scale, and they stay")
    return form.most / most


def rounded(points: float) -> str:
    """Points with at most two digits behind the point.

    >>> rounded(1.4000000000000001), rounded(11.0), rounded(0.0)
    ('1.4', '11', '0')
    """
    return f"{round(points, DIGITS):.{DIGITS}f}".rstrip("0").rstrip(".")


# ---------------------------------------------------------------- forms of our own


def _for_moodle(standings: list[Standing], name: str) -> str:
    """The import of Moodle's gradebook: those who have a grade."""
    return _csv([("ID number", "Email address", "Full name", name),
                 *((one.student, one.email, status.harmless(one.full_name), rounded(one.points))
                   for one in standings if one.points is not None)])


def _as_table(standings: list[Standing], name: str) -> str:
    """A row a student, blanks where nothing is known."""
    head = ("student_id", "last_name", "first_name", "email", "exercise", "points", "of", "penalty", "to_do")
    return _csv([head, *(tuple(map(status.harmless, (
        one.student, one.last_name, one.first_name, one.email, name,
        "" if one.points is None else rounded(one.points), rounded(one.most) if one.most else "",
        rounded(one.penalty) if one.penalty else "", one.todo))) for one in standings)])


def _csv(rows: list[tuple[str, ...]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def lines(done: Exported) -> Iterator[str]:
    """What a terminal shows."""
    yield from (printable(one) for one in done.notes)
    yield from (printable(f"to do  {one}") for one in done.todo)
    yield from (f"{path}" for path in done.files)
