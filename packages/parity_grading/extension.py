"""Tools for granting extensions of the due date to individual students.

nbgrader stores an extension in a submission's entry in the gradebook, which normally exists only after grading. So
:func:`extend` creates the entry as nbgrader would. Until the submission is graded, it has neither a time nor points.
"""

from __future__ import annotations

from datetime import UTC, datetime

from nbgrader.apps import NbGraderApp

from parity_grading.course import exercise_folder, find_assignment, open_gradebook
from parity_lib.errors import require

MAX_DAYS = 366.0


def extend(app: NbGraderApp, student: str, name: str, days: float) -> tuple[datetime, bool]:
    """Set or remove a student's extension for an exercise.

    The extension is ``days`` after the due date and replaces an earlier one. It is removed if ``days`` is 0.

    Return the student's due date in UTC, and whether their submission was graded before. Raise ValueError if the
    student or the exercise is unknown, or if the exercise has no due date or no notebook yet.
    """
    require(0 <= days <= MAX_DAYS, "DAYS", days, f"a number from 0 to {MAX_DAYS:g}")
    with open_gradebook(app) as book:
        assignment = find_assignment(book, name)
        require(student in [person.id for person in book.students], "STUDENT", student,
                "the id of a student in the gradebook (nbgrader db student list)")
        if assignment.duedate is None:
            raise ValueError(f"{name} has no due date: nbgrader db assignment add {name} "
                             "--duedate='2026-11-20 18:00:00 UTC'")
        if not assignment.notebooks:    # the entry would lack its cells, and autograding would not find them
            raise ValueError(f"{name} has no notebook in the gradebook yet: nbgrader generate_assignment {name}")
        entry = book.update_or_create_submission(name, student)
        book.grant_extension(name, student, days=days)
        due, graded = entry.duedate.replace(tzinfo=UTC), exercise_folder(app, "autograded", student, name).is_dir()
        if days == 0 and entry.timestamp is None and not graded:
            book.remove_submission(name, student)
        return due, graded
