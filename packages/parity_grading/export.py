"""Tools for exporting feedback pages, and grades as a copy of the platform's own list or as a plain table.

A grade is nbgrader's score: the points for tests and for written answers, less the penalty for lateness. A student
without a grade gets a blank, never a zero, and the report says what has to be done about it.
"""

import codecs
import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nbgrader.apps import NbGraderApp

from parity_grading.course import NOT_LISTED, exercise_folder, full_name, write_file
from parity_grading.platforms import PLATFORMS, ListedStudent, Platform, Roster
from parity_grading.status import StudentStatus, read_statuses
from parity_grading.submission_store import SubmissionStore
from parity_grading.untrusted import printable
from parity_lib.errors import require

# A spreadsheet may take a cell for a formula that begins like this, also after characters that nobody sees.
FORMULA = re.compile(r"\W*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n]")
SCORE = re.compile(r"<h1>[^<]*: (-?\d+(?:\.\d+)?) of ")     # in a feedback page: the total, less the penalty


@dataclass
class Export:
    """The result of an export: the files written, the number of grades in them, the remaining work, and remarks."""

    files: list[Path] = field(default_factory=list)
    graded: int = 0
    todo: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(app: NbGraderApp, name: str, target: str, list_path: Path | None, column: str | None) -> Export:
    """Export the grades and feedback pages for an exercise to a platform. Raise ValueError if an argument is wrong."""
    result, platform, store = Export(), PLATFORMS[target], SubmissionStore(app, name)
    if list_path is None:
        raise ValueError(f"--list must be {platform.list_title}: it holds the platform's own numbers, but it is None")
    students = _read_students(app, name, result)
    rows, listed_students = platform.read_list(list_path)
    roster = Roster([row.person for row in students], listed_students, list_path.name)
    listed = {roster.owners[row.number]: row for row in listed_students if row.number in roster.owners}
    result.todo += roster.problems.values()
    _fill_in(rows, platform, students, listed, name, column, result)
    encoding = "utf-8-sig" if list_path.read_bytes().startswith(codecs.BOM_UTF8) else "utf-8"
    _write_table(app, f"{name}-{target}.csv", rows, encoding, result)
    places = {student: platform.feedback_path(row, store.recorded(student).source, name)
              for student, row in listed.items()}
    _write_feedback(app, name, students, places, f"{name}-{target}-feedback.zip", result)
    return result


def export_table(app: NbGraderApp, names: list[str], file_name: str) -> Export:
    """Export a plain table of every student's grades, with totals. Raise ValueError if there is no exercise."""
    require(bool(names), "the gradebook", "empty", "one with an exercise: nbgrader generate_assignment NAME")
    result, students, most = Export(), defaultdict(dict), 0.0
    for name in names:
        rows = _read_students(app, name, result, f"{name}: " if len(names) > 1 else "")
        most += rows[0].most if rows else 0.0
        for row in rows:
            students[row.student][name] = row
    table = [["student_id", "last_name", "first_name", "email", *names, "total", "of", "penalty", "to_do"]]
    for student, row_of in sorted(students.items()):
        person = next(iter(row_of.values())).person
        grades = {name: grade for name, row in row_of.items() if (grade := _grade(row)) is not None}
        todo = [f"{name}: {words}" for name, row in row_of.items() if (words := _describe_todo(row, name))]
        result.graded += len(grades)
        cells = [student, person.last_name or "", person.first_name or "", person.email or "",
                 *(rounded(grades[name]) if name in grades else "" for name in names),
                 rounded(sum(grades.values())) if grades else "", rounded(most),
                 rounded(sum(row.penalty for row in row_of.values())), "; ".join(todo)]
        table.append([f"'{cell}" if FORMULA.match(cell) else cell for cell in cells])
    _write_table(app, file_name, table, "utf-8-sig", result, csv.QUOTE_ALL)
    return result


def _read_students(app: NbGraderApp, name: str, result: Export, label: str = "") -> list[StudentStatus]:
    """Return every student's status, and add notes on remaining work and missing submissions to ``result``."""
    students = read_statuses(app, name)
    result.todo += [f"{row.student}: {label}{todo}" for row in students if (todo := _describe_todo(row, name))]
    if missing := sum(row.state == "missing" for row in students):
        result.notes.append(f"{label}{missing} of {len(students)} students submitted nothing and have a blank")
    return students


def _write_table(app: NbGraderApp, file_name: str, rows: list[list[str]], encoding: str, result: Export,
                 quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=quoting).writerows(rows)
    _write(app, file_name, text.getvalue().encode(encoding), result)


def _write(app: NbGraderApp, file_name: str, data: bytes, result: Export) -> None:
    path = Path(app.coursedir.root, "private", "export", file_name)
    write_file(path, data)
    result.files.append(path)


def _grade(row: StudentStatus) -> float | None:
    return row.points if row.state == "read" else None


def _describe_todo(row: StudentStatus, name: str) -> str:
    """Describe what must be done before a student can get a grade, or return "" if nothing remains to be done."""
    todo = {"missing": "", "read": "" if row.points is not None else "graded, but without points",
            "collected": "submitted, but not graded yet: parity grade",
            "needs reading": f"{row.unread} answer{'s' * (row.unread != 1)} to be read"}
    why = row.why if row.state != "read" or row.why.startswith(NOT_LISTED) else ""
    remedy = (f"save their notebook, or the released one for 0 points, as submitted/{row.student}/{name}/{name}.ipynb, "
              "and run parity grade") if row.state == "unusable" else ""
    return "; ".join(filter(None, [todo.get(row.state, row.state), why, remedy]))


def _fill_in(rows: list[list[str]], platform: Platform, students: list[StudentStatus], listed: dict[str, ListedStudent],
             name: str, heading: str | None, result: Export) -> None:
    """Enter the grades in the list exported from a platform, and record any conflicts in ``result``."""
    column, maximum = platform.find_grades(rows, name, heading)
    if maximum and maximum != students[0].most:
        raise ValueError(f"{name} has {students[0].most:g} points, but the platform's maximum is {maximum:g}: change "
                         "the maximum there, and export the list again")
    for student in students:
        grade, row = _grade(student), listed.get(student.student)
        if row is None:
            points = f", and has {rounded(grade)} points" if grade is not None else ""
            result.todo.append(f"{student.student}: {full_name(student.person)} is not in the platform's list{points}")
            continue
        if student.state == "missing" and row.time not in (None, "", "-"):
            result.todo.append(f"{student.student}: the platform has a submission, but it was not collected")
        before = rows[row.row][column].strip()
        if before in platform.kept_grades or grade is None:
            result.notes += [f"{student.student}: {before} stays in the platform's list"] if before else []
            continue
        text = rounded(grade)
        if maximum and float(text) > maximum:
            result.todo.append(f"{student.student}: {text} is more than the maximum of {maximum:g} and was left out")
            continue
        if before not in ("", text):
            result.notes.append(f"{student.student}: {text} replaces {before}")
        rows[row.row][column] = text
        result.graded += 1


def _write_feedback(app: NbGraderApp, name: str, students: list[StudentStatus], places: dict[str, str],
                    file_name: str, result: Export) -> None:
    """Write a zip archive of the feedback pages. ``places`` gives the path of each student's page in it."""
    buffer, problems, pages = io.BytesIO(), defaultdict(list), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for row in students:
            if _grade(row) is None:
                continue
            page = exercise_folder(app, "feedback", row.student, name) / f"{name}.html"
            if problem := _find_problem(app, name, row, page):
                problems[f"{problem}; nbgrader generate_feedback {name} --force"].append(row.student)
            elif not places.get(row.student):
                problems["hand out the feedback page yourself: the name that the platform expects is not known"].append(
                    row.student)
            else:
                archive.write(page, places[row.student])
                pages += 1
    result.todo += [f"{', '.join(ids)}: {problem}" for problem, ids in problems.items()]
    if pages:
        _write(app, file_name, buffer.getvalue(), result)
        result.notes.append(f"{pages} feedback pages are in {file_name}")


def _find_problem(app: NbGraderApp, name: str, row: StudentStatus, page: Path) -> str:
    """Return the reason why a feedback page cannot be handed out, or "" if there is none."""
    if not page.is_file():
        return "there is no feedback page"
    graded = exercise_folder(app, "autograded", row.student, name) / f"{name}.ipynb"
    if graded.is_file() and page.stat().st_mtime < graded.stat().st_mtime:
        return "the feedback page is older than the grading"
    score, points = SCORE.search(page.read_text(encoding="utf-8", errors="replace")), row.points or 0.0
    if score and abs(max(float(score[1]), 0.0) - points) > 0.006:   # pages show two decimals
        return f"the feedback page says {float(score[1]):g} points, but the gradebook has {rounded(points)}"
    return ""


def rounded(points: float) -> str:
    """Format a number of points with at most two decimal places.

    >>> rounded(1.4000000000000001), rounded(11.0), rounded(0.0)
    ('1.4', '11', '0')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")


def format_lines(result: Export) -> Iterator[str]:
    """Yield the lines that describe an export: remarks, remaining work, files and totals."""
    yield from map(printable, result.notes)
    yield from (printable(f"to do  {item}") for item in result.todo)
    yield from map(str, result.files)
    yield f"{result.graded} grades, {len(result.todo)} thing{'s' * (len(result.todo) != 1)} to do"
