"""Answers in words as a class wrote them: who has read which, how far two readers agree, what deserves a look.

Chapter: *For instructors*. The course's gradebook is one reader, each folder of
:mod:`~parity_lib.teaching.second_reader` is another. :func:`answers` has them side by side, :func:`agreement` counts.
Nothing is written here.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

from parity_lib.statistics import wilson_interval
from parity_lib.teaching import second_reader, unfinished, whose
from parity_lib.teaching.grade import course
from parity_lib.teaching.second_reader import GRADEBOOK, READERS

BEFORE = "before.json"      # what the course's own reader had given, before points were settled


@dataclass
class Answer:
    """One student's answer to one task, and the points that each reader gave it.

    ``number`` is the formgrader's "Submission #". ``points`` are those in the course's gradebook, ``waits`` says
    whether they are to be looked at again; ``empty`` means that nothing was written. ``stale`` are readers whose copy
    has an older text, ``left`` says what else they gave points to, which nobody takes over.
    """

    student: str
    number: int
    task: str
    most: float
    text: str
    points: float | None
    waits: bool
    empty: bool
    look: str = ""
    read: dict[str, float] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    key: str = ""       # the grade's id in the course's gradebook

    @property
    def differ(self) -> bool:
        """Whether its readers give different points."""
        return len(set(self.read.values())) > 1


@dataclass(frozen=True)
class Agreement:
    """Two readers of one task: the answers that both read, on how many they are equal, and how far apart they are.

    ``difference`` is how much more the second gives on average, ``kappa`` Cohen's with linear weights: 1 where they
    always agree, 0 where they are as far apart as if one's points were dealt out at random over the same answers. It
    is None where each gave all answers the same.
    """

    task: str
    first: str
    second: str
    both: int
    equal: int
    low: float
    high: float
    difference: float
    kappa: float | None


def answers(root: Path, name: str) -> list[Answer]:
    """Every answer in words of an exercise, by task and by student.

    Raises ValueError where the exercise is not in the gradebook, or no reader's folder has it in the same form.
    """
    app = course(root)
    before = given_before(root)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        try:
            submissions = book.find_assignment(name).submissions
        except MissingEntry:
            raise ValueError(f"name must be an exercise in the gradebook, but it is {name!r}") from None
        seeds = {seed: student.id for student in book.students
                 if (seed := whose.seed_or_none(student.id)) is not None}
        ids = sorted(notebook.id for one in submissions for notebook in one.notebooks
                     if (_graded(app, one) / f"{notebook.name}.ipynb").is_file())
        found = [answer for one in submissions if unfinished.finished(_graded(app, one))
                 for answer in _answers(one, second_reader.answers_in(_graded(app, one)), ids, seeds, before)]
        nameless = {one.id: one for one in submissions}
        by_key = {(answer.student, answer.task): answer for answer in found}
        for reader in second_reader.readers(root):
            folder = second_reader.folder_of(root, reader)
            with second_reader.opened(folder, book.course_id) as own:
                _add(own, folder, name, nameless, by_key)
    return sorted(found, key=lambda one: (one.task, one.student))


def _graded(app, submission: SubmittedAssignment) -> Path:
    return Path(app.coursedir.format_path(
        app.coursedir.autograded_directory, submission.student.id, submission.assignment.name))


def _answers(submission: SubmittedAssignment, texts: dict[str, str], ids: list[str], seeds: dict[int, str],
             before: dict[str, dict]) -> Iterator[Answer]:
    student = submission.student.id
    for notebook in submission.notebooks:
        comments = {one.name: one.manual_comment for one in notebook.comments}
        for grade in notebook.grades:
            if grade.name not in texts:
                continue
            text = texts[grade.name]
            answer = Answer(student, ids.index(notebook.id) + 1 if notebook.id in ids else 0, grade.name,
                            grade.max_score, text, grade.manual_score, grade.needs_manual_grade,
                            grade.auto_score is not None, _look(grade.name, text, student, seeds), key=grade.id)
            own = None if grade.needs_manual_grade else grade.manual_score
            if before.get(grade.id, {}).get("text") == digest(text):
                own = before[grade.id]["points"]
            if own is not None:
                answer.read[GRADEBOOK] = own
            if comments.get(grade.name):
                answer.comments[GRADEBOOK] = comments[grade.name]
            yield answer


def _look(task: str, text: str, student: str, seeds: dict[int, str]) -> str:
    """Why a person should have a look at this answer: numbers that are missing, or are another student's."""
    if (seed := whose.seed_or_none(student)) is None:
        return ""
    look = whose.quoted(task, text, seed)
    if look is None:
        return ""
    others = sorted(seeds[one] for one in whose.numbers_in(text) & set(seeds) if one != seed)
    return "; ".join(filter(None, ("likely generic" * (look.looks_generic and not others), str(look),
                                   f"it has the seed of {', '.join(others)}" * bool(others))))


def _add(own: Gradebook, folder: Path, name: str, submissions: dict[str, SubmittedAssignment],
         answers: dict[tuple[str, str], Answer]) -> None:
    """What one reader's gradebook says about each answer, unless it has changed since."""
    try:
        read = [one for one in own.find_assignment(name).submissions if one.student.id in submissions]
    except MissingEntry:
        return
    for submission in read:
        original = submissions[submission.student.id]
        texts = second_reader.answers_in(folder / "autograded" / submission.student.id / name)
        comments = {one.name: one.manual_comment for book in submission.notebooks for one in book.comments}
        other: list[str] = []
        for grade in (one for book in submission.notebooks for one in book.grades):
            answer = answers.get((original.student.id, grade.name))
            if answer is None:
                other += [grade.name] * (grade.manual_score is not None)
                continue
            if grade.extra_credit:
                answer.left.append(f"{folder.name} gives {grade.extra_credit:g} extra credit")
            if texts.get(grade.name) != _without_names(answer.text, original):
                answer.stale.append(folder.name)
            elif grade.manual_score is not None and not grade.needs_manual_grade:
                answer.read[folder.name] = grade.manual_score
                if comments.get(grade.name):
                    answer.comments[folder.name] = comments[grade.name]
        for answer in [one for (student, _), one in answers.items() if student == original.student.id and other][:1]:
            answer.left.append(f"{folder.name} gives points to {', '.join(other)}")


def _without_names(text: str, submission: SubmittedAssignment) -> str:
    student = submission.student
    return whose.without(text, whose.names_of(student.id, student.first_name, student.last_name, student.email))


def digest(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode("utf8", "replace")).hexdigest()


def given_before(root: Path) -> dict[str, dict]:
    """What the course's own reader had given, before points were settled, and to which text, by the grades' ids."""
    path = root / READERS / BEFORE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


# ---------------------------------------------------------------- how far they agree


def agreement(root: Path, name: str) -> list[Agreement]:
    """A row for each task and each two readers who have read answers to it. Raises ValueError as :func:`answers`."""
    return list(agreements(answers(root, name)))


def agreements(found: list[Answer]) -> Iterator[Agreement]:
    """The rows of :func:`agreement` for these answers."""
    for task, group in itertools.groupby(found, key=lambda one: one.task):
        pairs: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for one in group:
            readers = sorted(one.read, key=lambda reader: (reader != GRADEBOOK, reader))
            for first, second in itertools.combinations(readers, 2):
                pairs[first, second].append((one.read[first], one.read[second]))
        for (first, second), points in sorted(pairs.items()):
            equal = sum(a == b for a, b in points)
            yield Agreement(task, first, second, len(points), equal, *wilson_interval(equal, len(points)),
                            sum(b - a for a, b in points) / len(points), kappa(points))


def kappa(points: list[tuple[float, float]]) -> float | None:
    """Cohen's kappa with linear weights, for pairs of points; None where it is not defined.

    J. Cohen, *Psychological Bulletin* 70, 213-220, 1968.

    >>> kappa([(0, 0), (1, 2), (2, 2), (3, 3)])
    0.8
    """
    expected = sum(abs(a - b) for (a, _), (_, b) in itertools.product(points, points)) / len(points) ** 2
    return 1 - sum(abs(a - b) for a, b in points) / len(points) / expected if expected else None


# ---------------------------------------------------------------- in words


def lines(found: list[Answer]) -> Iterator[str]:
    """What `parity reading` prints of an exercise's answers."""
    rows = list(agreements(found))
    for task, group in itertools.groupby(found, key=lambda one: one.task):
        group = list(group)
        written = [one for one in group if not one.empty]
        waiting = sum(one.waits for one in written)
        yield (f"{task}, {group[0].most:g} points: {len(group)} hand-ins, {len(group) - len(written)} empty, "
               f"{waiting} to be read in the gradebook")
        for one in group:
            if one.look:
                yield f"  have a look  {who(one)}  {one.look}"
        for row in rows:
            if row.task == task:
                yield (f"  {row.first} and {row.second}: both read {row.both}, equal {row.equal} "
                       f"({row.low:.2f} to {row.high:.2f}); {row.second} gives {row.difference:+.2f} on average; "
                       f"kappa {'undefined' if row.kappa is None else f'{row.kappa:.2f}'}")
        for one in group:
            if one.differ:
                now = "waits" if one.waits or one.points is None else f"the gradebook has {one.points:g}"
                yield (f"  differ       {who(one)}  "
                       + ", ".join(f"{reader} {points:g}" for reader, points in one.read.items()) + f"; {now}")
            if one.stale:
                yield f"  changed      {who(one)}  not the text that {', '.join(one.stale)} has; --as brings it"
            if one.left:
                yield f"  left there   {who(one)}  {'; '.join(one.left)}; that is not taken over"


def who(one: Answer) -> str:
    """Whose answer it is, as the formgrader and as the class's list have it."""
    return f"#{one.number:<3} {one.student:12}"


def needs_a_person(found: list[Answer]) -> bool:
    """Whether an answer waits, or has changed since somebody read it."""
    return any((one.waits and not one.empty) or one.stale for one in found)
