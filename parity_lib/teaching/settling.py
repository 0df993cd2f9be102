"""Points of several readers, let into the course's gradebook; each change is said, and what was there is kept.

Chapter: *For instructors*.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Grade, Gradebook

from parity_lib.errors import require
from parity_lib.teaching import reading, second_reader
from parity_lib.teaching.grade import course
from parity_lib.teaching.reading import Answer
from parity_lib.teaching.second_reader import GRADEBOOK, READERS


@dataclass(frozen=True)
class Change:
    """What settling did to one answer in the course's gradebook."""

    answer: Answer
    before: float | None
    after: float | None
    words: str


def settle(root: Path, name: str, rule: str) -> list[Change]:
    """Take points over into the course's gradebook, for answers that two or more have read; a row for each change.

    Where they agree, their points are taken. Where they differ, the answer waits for a person with ``rule`` "agreed",
    and gets the mean of all points with "mean"; with a reader's name it gets theirs. What somebody has settled by hand
    stays. Raises ValueError for another rule, and as :func:`~parity_lib.teaching.reading.answers`.
    """
    known = ("agreed", "mean", *second_reader.readers(root))
    require(len(known) > 2, "--settle", rule, "used once there is a second reader, whom --as makes")
    require(rule in known, "--settle", rule, " or ".join(known))
    app, before, changes = course(root), reading.given_before(root), []
    found = [one for one in reading.answers(root, name) if len(one.read) > 1 and one.most]     # not of a dropped task
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        for answer in found:
            grade = book.find_grade_by_id(answer.key)
            known_text = before.get(answer.key, {}).get("text") == reading.digest(answer.text)
            if known_text and not grade.needs_manual_grade:
                continue
            if not known_text:
                before[answer.key] = {"points": answer.read.get(GRADEBOOK), "text": reading.digest(answer.text)}
            changes.append(_settled(book, grade, answer, rule))
        _write(root, before)        # first: what was read must not be lost
        book.db.commit()
    return [one for one in changes if one.words]


def _settled(book: Gradebook, grade: Grade, answer: Answer, rule: str) -> Change:
    old, points = grade.manual_score, list(answer.read.values())
    if answer.differ and (rule == "agreed" or rule not in {"mean", *answer.read}):
        words = "waits for a person" * (not grade.needs_manual_grade)
        grade.needs_manual_grade = True
        return Change(answer, old, old, words)
    new = points[0] if not answer.differ else sum(points) / len(points) if rule == "mean" else answer.read[rule]
    new = min(new, answer.most)     # which may have been lowered since it was read
    grade.manual_score, grade.needs_manual_grade = new, False
    for comment in grade.notebook.comments:
        if comment.name == answer.task and answer.comments:
            comment.manual_comment = "\n\n".join(dict.fromkeys(
                filter(None, (comment.manual_comment, *answer.comments.values()))))
    return Change(answer, old, new, "" if old == new else rule if answer.differ else "agreed")


def _write(root: Path, before: dict[str, dict]) -> None:
    path = root / READERS / reading.BEFORE
    path.touch(0o600)
    path.write_text(json.dumps(before, indent=1), encoding="utf-8")


def said(change: Change) -> str:
    """A change of the gradebook, in a line."""
    before, after = ("no points" if one is None else f"{one:g}" for one in (change.before, change.after))
    return f"{reading.who(change.answer)}  {change.answer.task}: {before} -> {after}, {change.words}"
