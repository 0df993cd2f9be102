"""Tools for comparing two gradings of a submission.

The functions change objects of the gradebook in memory; :mod:`parity_grading.regrade` commits them or not. Points that
a person gave stay, and an answer that a person has read need not be read again unless the answer, its points or the
result of the test has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbgrader.api import Grade, Notebook, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin


@dataclass
class StudentDiff:
    """The differences between two gradings of a student's submission.

    ``changes`` lists tasks whose points change, ``look`` lists what a person should look at, and ``failure`` says why
    the second grading failed, if it did.
    """

    student: str
    before: float = 0.0
    after: float = 0.0
    changes: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    failure: str = ""


def points_of(grade: Grade) -> float:
    """Return the points that a task adds to the grade, as nbgrader will compute them after a commit."""
    points = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if points is None else points + (grade.extra_credit or 0.0)


def update_grade(grade: Grade, auto: float | None, most: tuple[float, float], answer_changed: bool | None) -> str:
    """Store the score of a second grading, and return the reasons for a manual review, or an empty string.

    ``most`` has the task's points before and now; a task with 0 points is dropped. ``answer_changed`` says whether a
    written answer differs from the answer that was graded first; it is None for a test.
    """
    before, manual, reasons = grade.auto_score, grade.manual_score, []
    grade.auto_score = auto
    if most[1] == 0:
        grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 0.0, None, None, False
        return ""
    if manual is None:
        grade.needs_manual_grade = auto is None
        return ""
    if answer_changed is None and auto != before:
        reasons.append(f"stays at {manual:g}, which was given by hand, but the test now gives "
                       f"{'no points' if auto is None else format(auto, 'g')}")
    elif answer_changed or (answer_changed is not None and most[0] != most[1]):
        reasons.append("must be read again, because the answer or its points have changed")
    if manual > most[1]:
        reasons.append(f"{manual:g} points given by hand become {most[1]:g}, the new maximum")
    grade.manual_score = min(manual, most[1])
    grade.needs_manual_grade |= bool(reasons)
    return "; ".join(reasons)


def update_submission(submission: SubmittedAssignment, again: SubmittedAssignment, most: Mapping[str, tuple],
                      answers_changed: Mapping[str, bool], late_rule: LateSubmissionPlugin) -> StudentDiff:
    """Update a submission with the marks from its second grading.

    Return the differences between the two gradings. The course's rule for late submissions is applied again, because
    the penalty depends on the points.
    """
    notebook, second = submission.notebooks[0], again.notebooks[0]
    results = {grade.name: grade.auto_score for grade in second.grades}
    diff, score, score_before = StudentDiff(submission.student.id), 0.0, 0.0
    for grade in notebook.grades:
        before = points_of(grade)
        reason = update_grade(grade, results[grade.name], most[grade.name], answers_changed.get(grade.name))
        score, score_before = score + points_of(grade), score_before + before
        if points_of(grade) != before:
            diff.changes.append(f"{grade.name} {before:g} → {points_of(grade):g}")
        diff.look += [f"{grade.name}: {reason}"] * bool(reason)
    notes = {comment.name: comment.auto_comment for comment in second.comments}     # such as "No response."
    for comment in notebook.comments:
        comment.auto_comment = notes.get(comment.name, comment.auto_comment)
    submission.timestamp = again.timestamp
    late = 0.0
    if submission.timestamp and submission.assignment.duedate:
        late = (submission.timestamp - submission.duedate).total_seconds()
    old_penalty = notebook.late_submission_penalty or 0.0
    penalty = late_rule.late_submission_penalty(diff.student, score, late) or 0.0 if late > 0 else 0.0
    penalty = min(max(penalty, 0.0), score)
    if penalty != old_penalty:
        notebook.late_submission_penalty = penalty
        diff.changes.append(f"late penalty {old_penalty:g} → {penalty:g}")
    diff.before, diff.after = max(0.0, score_before - old_penalty), score - penalty
    return diff


def update_exercise(notebook: Notebook, again: Notebook) -> None:
    """Replace an exercise's tests and points in the gradebook with those of the second grading."""
    cells = {cell.name: cell for cell in again.source_cells}
    for cell in notebook.source_cells:
        for key in ("source", "checksum", "locked", "cell_type"):
            setattr(cell, key, getattr(cells[cell.name], key))
    points = {cell.name: cell.max_score for cell in again.grade_cells}
    for cell in notebook.grade_cells:
        cell.max_score = points[cell.name]
