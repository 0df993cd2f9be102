"""What the gradebook says of an exercise, and what it would say after a second grading; no hand-in is run here.

Chapter: *For instructors*. A mark is one task of one student. :func:`settled` decides what becomes of it: what a
person gave stays given, and stays read, unless what it was given for has changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import compute_checksum

from parity_lib.errors import require


@dataclass(frozen=True)
class Mark:
    """The points of one task of one student: by the tests, by hand, in addition; and whether it waits to be read."""

    auto: float | None
    manual: float | None
    extra: float | None
    waits: bool
    no_response: str | None = None      # nbgrader's own comment

    @property
    def score(self) -> float:
        """The points that count, as nbgrader adds them."""
        given = self.auto if self.manual is None else self.manual
        return 0.0 if given is None else given + (self.extra or 0.0)


@dataclass(frozen=True)
class Standing:
    """One student's marks by task, what lateness costs, when the hand-in came and how long there was."""

    marks: dict[str, Mark]
    penalty: float = 0.0
    timestamp: datetime.datetime | None = None
    due: datetime.datetime | None = None

    @property
    def score(self) -> float:
        """Points before lateness."""
        return sum(mark.score for mark in self.marks.values())

    @property
    def points(self) -> float:
        """Points as they are exported."""
        return max(0.0, self.score - self.penalty)


@dataclass(frozen=True)
class Book:
    """An exercise in the gradebook: the most points of each task, which of them are in words, the students."""

    most: dict[str, float]
    in_words: set[str]
    cells: set[str]
    students: dict[str, Standing]


def read(db_url: str, course_id: str, name: str) -> Book:
    """What stands in a gradebook. Raises ValueError where the exercise is not there."""
    with Gradebook(db_url, course_id) as book:
        try:
            notebooks = book.find_assignment(name).notebooks
        except MissingEntry:
            raise ValueError(f"`{name}` is not in the gradebook yet: nbgrader generate_assignment {name}") from None
        require(len(notebooks) == 1, f"notebooks of {name}", len(notebooks), "one")
        own = notebooks[0]
        most = {cell.name: cell.max_score for cell in [*own.grade_cells, *own.task_cells]}
        in_words = {cell.name for cell in [*own.solution_cells, *own.task_cells]} & set(most)
        return Book(most, in_words, {cell.name for cell in own.source_cells},
                    {one.student.id: _standing(one) for one in book.assignment_submissions(name)})


def _standing(submission: Any) -> Standing:
    own = submission.notebooks[0]
    comments = {one.name: one.auto_comment for one in own.comments}
    due = submission.duedate if submission.assignment.duedate else None
    return Standing({one.name: Mark(one.auto_score, one.manual_score, one.extra_credit, one.needs_manual_grade,
                                    comments.get(one.name)) for one in own.grades},
                    own.late_submission_penalty or 0.0, submission.timestamp, due)


# ---------------------------------------------------------------- what becomes of it


@dataclass
class Rules:
    """What a second grading is to do: points of each task, 0 where it is dropped, and what is put back or forgotten."""

    most: dict[str, float]
    dropped: set[str] = field(default_factory=set)
    restored: dict[str, dict[str, Mark]] = field(default_factory=dict)      # by task and student
    forget_manual: bool = False


@dataclass
class Words:
    """What there is to say of one student: in passing, and to a person who has to look."""

    notes: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)


def settled(task: str, before: Mark, tried: Mark, most: tuple[float, float], *, changed: bool | None, rules: Rules,
            words: Words) -> Mark:
    """What a mark becomes. ``changed``: whether the student's text is another one; None for a test."""
    if task in rules.dropped:
        if before.manual is not None and before.manual + (before.extra or 0):
            words.notes.append(f"{task}: {before.manual:g} by hand, dropped with the task")
        return Mark(0.0, None, None, False, tried.no_response)
    mark = replace(before, auto=tried.auto, no_response=tried.no_response)
    other_points = most[0] not in (0, most[1])
    if mark.manual is None:
        words.look += [f"{task}: to be read, the answer is new"] * bool(changed and tried.auto is None)
        return replace(mark, waits=tried.auto is None)
    if changed is None and rules.forget_manual:
        words.notes.append(f"{task}: {mark.manual:g} by hand, forgotten")
        return replace(mark, manual=None, waits=False)
    if changed is None:
        again, gives = tried.auto != before.auto, "nothing" if tried.auto is None else f"{tried.auto:g}"
        words.look += [f"{task}: stays at {mark.manual:g}, which was given by hand; the test now gives {gives}"] * again
        words.notes += [f"{task}: {mark.manual:g} by hand, kept (the test gives {gives})"] * (not again)
    else:
        again = bool(changed) or other_points
        reason = "the answer has changed" if changed else f"it had {most[0]:g} points, now {most[1]:g}"
        words.look += [f"{task}: to be read again, {reason}"] * again
    if mark.manual > most[1]:
        words.look.append(f"{task}: {mark.manual:g} by hand is more than there are, and becomes {most[1]:g}")
        mark, again = replace(mark, manual=most[1]), True
    return replace(mark, waits=before.waits or again)


def after(student: str, before: Standing, tried: Standing, book: Book, texts: Callable[[str], bool], rules: Rules,
          penalty: Callable[[str, float, float], float]) -> tuple[Standing, Words]:
    """A student's standing after a second grading; ``texts(task)`` says whether an answer in words is another one."""
    words, marks = Words(), {}
    for task, mark in before.marks.items():
        mark = rules.restored.get(task, {}).get(student, mark)
        changed = texts(task) if task in book.in_words else None
        marks[task] = settled(task, mark, tried.marks[task], (book.most[task], rules.most[task]), changed=changed,
                              rules=rules, words=words)
    new = replace(before, marks=marks, penalty=0.0, timestamp=tried.timestamp)
    late = (new.timestamp - new.due).total_seconds() if new.timestamp and new.due else 0.0
    return replace(new, penalty=penalty(student, new.score, late) if late > 0 else 0.0), words


# ---------------------------------------------------------------- putting it in place


def put(db_url: str, course_id: str, name: str, trial_url: str, rules: Rules, new: dict[str, Standing]) -> None:
    """Write cells as in the gradebook at ``trial_url`` and students' standings, all in one transaction.

    Only what differs is written: what a person marks at the same moment stays.
    """
    with Gradebook(trial_url, course_id) as trial:
        cells = {cell.name: cell.to_dict() for cell in trial.find_notebook(name, name).source_cells}
    with Gradebook(db_url, course_id) as book, book.db.no_autoflush:
        own = book.find_notebook(name, name)
        for cell in own.source_cells:
            for key in ("source", "checksum", "locked", "cell_type"):
                _set(cell, key, cells[cell.name][key])
        for cell in [*own.grade_cells, *own.task_cells]:
            _set(cell, "max_score", rules.most[cell.name])
        for task in rules.dropped:
            _without_points(next(cell for cell in own.source_cells if cell.name == task),
                            {cell.name for cell in own.solution_cells})
        for submission in book.assignment_submissions(name):
            if submission.student.id in new:
                _put_student(submission, new[submission.student.id])
        book.db.commit()


def _without_points(cell: Any, solutions: set[str]) -> None:
    """The checksum covers the points; with an old one, nbgrader refuses to grade."""
    marks = {"grade": True, "solution": cell.name in solutions, "locked": cell.locked, "grade_id": cell.name,
             "points": 0}
    _set(cell, "checksum", compute_checksum(nbformat.from_dict(
        {"cell_type": cell.cell_type, "source": cell.source, "metadata": {"nbgrader": marks}})))


def _put_student(submission: Any, new: Standing) -> None:
    own = submission.notebooks[0]
    _set(submission, "timestamp", new.timestamp)
    if (own.late_submission_penalty or 0.0) != new.penalty:
        own.late_submission_penalty = new.penalty
    for grade in own.grades:
        mark = new.marks[grade.name]
        for key, value in (("auto_score", mark.auto), ("manual_score", mark.manual), ("extra_credit", mark.extra),
                           ("needs_manual_grade", mark.waits)):
            _set(grade, key, value)
    for comment in own.comments:
        if comment.name in new.marks:
            _set(comment, "auto_comment", new.marks[comment.name].no_response)


def _set(row: Any, key: str, value: Any) -> None:
    if getattr(row, key) != value:
        setattr(row, key, value)
