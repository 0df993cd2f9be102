"""Tools for exporting grades and feedback pages.

Grades are written into a copy of the platform's own list or into a plain table.

A grade is nbgrader's score: the points for tests and for written answers, less the penalty for lateness. A student
without a grade gets a blank, never a zero, and the report says what has to be done about it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.apps import NbGraderApp

from parity_grading.course import NOT_LISTED, exercise_folder, write_file
from parity_grading.platforms import PLATFORMS, ListedStudent, Platform, Roster
from parity_grading.status import StudentStatus, exercise_names, read_statuses
from parity_grading.submission_store import SubmissionStore
from parity_grading.untrusted import printable
from parity_lib.errors import require

SCORE = re.compile(r"\(Score: (-?\d+(?:\.\d+)?) / ")    # in a feedback page; the first is the total, less the penalty


@dataclass
class Export:
    """The result of an export.

    It has the files, the number of grades in them, what is left to do, and remarks.
    """

    files: list[Path] = field(default_factory=list)
    graded: int = 0
    todo: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(app: NbGraderApp, name: str, target: str, list_path: Path | None = None, column: str | None = None
           ) -> Export:
    """Export the grades and feedback pages for an exercise.

    ``target`` is a platform or "csv". Feedback pages are written only for a platform. ``column`` is the heading of the
    column for the grades if it is not found. Raise ValueError if an argument is wrong.
    """
    students, result = read_statuses(app, name), Export()
    result.todo += [f"{row.student}: {todo}" for row in students if (todo := _describe_todo(row))]
    missing = sum(row.state == "missing" for row in students)
    result.notes += [f"{missing} of {len(students)} students submitted nothing and have a blank"] if missing else []
    folder = Path(app.coursedir.root, "private", "export")
    if target == "csv":
        require(list_path is None, "--list", str(list_path), "left out with --to csv")
        rows, encoding = _plain_table(students, name), "utf-8-sig"
        result.graded = sum(_grade(row) is not None for row in students)
    else:
        platform, store = PLATFORMS[target], SubmissionStore(app, name)
        require(list_path is not None, "--list", None, f"{platform.list_title}: it holds the platform's own numbers")
        rows, listed_students = platform.read_list(list_path)
        encoding = "utf-8-sig" if list_path.read_bytes().startswith(codecs.BOM_UTF8) else "utf-8"
        roster = Roster([row.person for row in students], listed_students, list_path.name)
        listed = {roster.owners[row.number]: row for row in listed_students if row.number in roster.owners}
        result.todo += roster.problems.values()
        _fill_in(rows, platform, students, listed, name, column, result)
        places = {student: platform.feedback_path(row, store.recorded(student).source, name)
                  for student, row in listed.items()}
        _write_feedback(app, name, students, places, folder / f"{name}-{target}-feedback.zip", result)
    _write_table(result, folder / f"{name}-{target}.csv", rows, encoding)
    return result


def export_totals(app: NbGraderApp) -> Export:
    """Export a table with the grades of every student in all exercises of the gradebook, and their sums.

    Raise ValueError if the gradebook has no exercise.
    """
    exercises = {name: read_statuses(app, name) for name in exercise_names(app)}
    require(bool(exercises), "the gradebook", "empty", "one with an exercise: nbgrader generate_assignment NAME")
    students: dict[str, dict[str, StudentStatus]] = {}
    for name, rows in exercises.items():
        for row in rows:
            students.setdefault(row.student, {})[name] = row
    result, most = Export(), sum(rows[0].most for rows in exercises.values() if rows)
    table = [["student_id", "last_name", "first_name", "email", *exercises, "total", "of", "to_do"]]
    for student, row_of in sorted(students.items()):
        person = next(iter(row_of.values())).person
        grades = {name: grade for name, row in row_of.items() if (grade := _grade(row)) is not None}
        todo = [f"{name}: {words}" for name, row in row_of.items() if (words := _describe_todo(row))]
        result.todo += [f"{student}: {line}" for line in todo]
        result.graded += len(grades)
        table.append(_without_formulas([
            student, person.last_name, person.first_name, person.email,
            *(rounded(grades[name]) if name in grades else "" for name in exercises),
            rounded(sum(grades.values())) if grades else "", rounded(most), "; ".join(todo)]))
    _write_table(result, Path(app.coursedir.root, "private", "export", "all.csv"), table, "utf-8-sig")
    return result


def _write_table(result: Export, path: Path, rows: list[list[str]], encoding: str) -> None:
    """Write rows to a CSV file, and list it first among the files of an export."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    result.files.insert(0, path)
    write_file(path, text.getvalue().encode(encoding))


def _without_formulas(cells: list[str]) -> list[str]:
    """Return the cells of a row, in none of which a spreadsheet sees a formula."""
    return [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells]


def _grade(row: StudentStatus) -> float | None:
    return row.points if row.state == "read" else None


def _describe_todo(row: StudentStatus) -> str:
    """Describe what must be done before a student can get a grade, or return ""."""
    todo = {"missing": "", "read": "" if row.points is not None else "graded, but without points",
            "collected": "submitted, but not graded yet: parity grade",
            "needs reading": f"{row.unread} answer{'s' * (row.unread != 1)} to be read"}
    why = row.why if row.state != "read" or row.why.startswith(NOT_LISTED) else ""
    return "; ".join(filter(None, [todo.get(row.state, row.state), why]))


def _fill_in(rows: list[list[str]], platform: Platform, students: list[StudentStatus], listed: dict[str, ListedStudent],
             name: str, heading: str | None, result: Export) -> None:
    """Write the grades into the rows of a platform's list, and report in ``result`` those that do not fit."""
    column, maximum = platform.find_grades(rows, name, heading)
    if maximum and maximum != students[0].most:
        raise ValueError(f"{name} has {students[0].most:g} points, but the platform's maximum is {maximum:g}: change "
                         "the maximum there, and export the list again")
    for student in students:
        grade, row = _grade(student), listed.get(student.student)
        if row is None:
            points = f", and has {rounded(grade)} points" if grade is not None else ""
            result.todo.append(f"{student.student}: {student.person.full_name} is not in the platform's list{points}")
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


def _plain_table(students: list[StudentStatus], name: str) -> list[list[str]]:
    """Create a table of grades with one row for each student."""
    rows = [["student_id", "last_name", "first_name", "email", "exercise", "points", "of", "penalty", "to_do"]]
    for row in students:
        person, grade = row.person, _grade(row)
        cells = [person.id, person.last_name, person.first_name, person.email, name,
                 "" if grade is None else rounded(grade), rounded(row.most), rounded(row.penalty), _describe_todo(row)]
        rows.append(_without_formulas(cells))
    return rows


def _write_feedback(app: NbGraderApp, name: str, students: list[StudentStatus], places: dict[str, str], path: Path,
                    result: Export) -> None:
    """Write a zip archive of the feedback pages, under the file names in ``places``, by student."""
    buffer, problems, pages = io.BytesIO(), defaultdict(list), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for row in students:
            if _grade(row) is None:
                continue
            page = exercise_folder(app, "feedback", row.student, name) / f"{name}.html"
            if problem := _find_problem(app, name, row, page):
                problems[f"{problem}; nbgrader generate_feedback {name} --force"].append(row.student)
            elif not places.get(row.student):
                problems["give out the feedback page by hand, as it is not known where the platform expects it"].append(
                    row.student)
            else:
                archive.write(page, places[row.student])
                pages += 1
    result.todo += [f"{', '.join(ids)}: {problem}" for problem, ids in problems.items()]
    if pages:
        write_file(path, buffer.getvalue())
        result.files.append(path)
        result.notes.append(f"{pages} feedback pages are in {path.name}")


def _find_problem(app: NbGraderApp, name: str, row: StudentStatus, page: Path) -> str:
    """Return the reason why a feedback page cannot be handed out, or "" if there is none."""
    if not page.is_file():
        return "there is no feedback page"
    graded = exercise_folder(app, "autograded", row.student, name) / f"{name}.ipynb"
    if graded.is_file() and page.stat().st_mtime < graded.stat().st_mtime:
        return "the feedback page is older than the grading"
    score = SCORE.search(page.read_text(encoding="utf-8", errors="replace"))
    if score and abs(max(float(score[1]), 0.0) - row.points) > 0.006:   # pages show two decimals
        return f"the feedback page says {float(score[1]):g} points, but the gradebook has {rounded(row.points)}"
    return ""


def rounded(points: float) -> str:
    """Format a number of points with at most two decimal places.

    >>> rounded(1.4000000000000001), rounded(11.0), rounded(0.0)
    ('1.4', '11', '0')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")


def format_lines(result: Export) -> Iterator[str]:
    """Yield the remarks, the things left to do, the files and the totals of an export."""
    yield from map(printable, result.notes)
    yield from (printable(f"to do  {item}") for item in result.todo)
    yield from map(str, result.files)
    yield f"{result.graded} grades, {len(result.todo)} things to do"
