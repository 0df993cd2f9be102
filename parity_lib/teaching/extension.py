"""`parity extend`: more time for one student, entered where nbgrader's own late rules look for it.

Chapter: *For instructors*. nbgrader keeps an extension in the gradebook's entry of a hand-in, which exists only once
the hand-in was graded; ``Gradebook.grant_extension`` raises ``MissingEntry`` before. So the entry is made here, as
nbgrader makes it, and autograding finds it and fills it in. Until then it has neither time nor points, which is how
:mod:`status` knows that nothing was handed in; taking the extension away removes it.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.apps import NbGraderApp
from sqlalchemy.exc import SAWarning

from parity_lib.errors import require
from parity_lib.teaching import status

LONGEST = 366.0     # days


@dataclass(frozen=True)
class Granted:
    """A student's due date, in UTC, and whether a grade was computed with the one before."""

    due: datetime
    graded: bool


def extend(app: NbGraderApp, student: str, name: str, days: float) -> Granted:
    """Give a student ``days`` more than the class, in place of an extension before; 0 takes it away.

    Raises ValueError where the student or exercise is unknown, has no due date, or is not generated yet.
    """
    require(math.isfinite(days) and 0 <= days <= LONGEST, "DAYS", days, f"a number from 0 to {LONGEST:g}")
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        exercise = status.find(book, name)
        status.require_student("STUDENT", student, [one.id for one in book.students])
        if exercise.duedate is None:
            raise ValueError(f"{name} has no due date: nbgrader db assignment add {name} "
                             "--duedate='2026-11-20 18:00:00 UTC'")
        if not exercise.notebooks:      # the entry would lack its cells, and autograding would not find them
            raise ValueError(f"{name} has no notebook in the gradebook yet: nbgrader generate_assignment {name}")
        try:
            entry = book.find_submission(name, student)
        except MissingEntry:
            if days == 0:
                return Granted(exercise.duedate.replace(tzinfo=UTC), False)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)      # what nbgrader's own code does with its database
                entry = book.add_submission(name, student)
        book.grant_extension(name, student, days=days)
        due, graded = entry.duedate.replace(tzinfo=UTC), not is_empty(entry)
        if days == 0 and not graded:
            book.remove_submission(name, student)
        return Granted(due, graded)


def is_empty(entry: SubmittedAssignment) -> bool:
    """Whether an entry of the gradebook holds no hand-in: no time, and no point or comment."""
    return entry.timestamp is None and not any(
        one.auto_score is not None or one.manual_score is not None for notebook in entry.notebooks
        for one in notebook.grades) and not any(
        one.auto_comment or one.manual_comment for notebook in entry.notebooks for one in notebook.comments)
