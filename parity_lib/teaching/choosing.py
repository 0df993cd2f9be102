"""Which of a student's files is the hand-in: the last, or the last that was on time; and why each other one is not.

Chapter: *For instructors*. Times decide where all are known; then the order of the downloads, Canvas's numbers of the
attachments, and the right file name. Where even that leaves two, nothing is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from parity_lib.teaching import status

UNTOLD = "which of this student's notebooks counts cannot be told"


@dataclass(frozen=True)
class Exercise:
    """What the gradebook has of an exercise."""

    name: str
    due: datetime | None
    more: dict[str, timedelta]      # extensions, by student
    cells: frozenset[str]           # ids of its graded, answered and read-only cells

    def on_time(self, student: str, when: datetime) -> bool:
        """Whether a time is not after the student's due date."""
        return self.late(student, when) <= 0

    def late(self, student: str, when: datetime) -> float:
        """Seconds after the student's due date; below 0 before it."""
        return 0.0 if self.due is None else (when - self.due - self.more.get(student, timedelta())).total_seconds()


@dataclass
class Candidate:
    """A notebook that may be a student's hand-in."""

    said: str           # the file's name, or where it was found
    called: str         # what the student called it
    digest: str
    place: int          # of its download among those given; -1 where it was placed before
    when: datetime | None = None
    late: bool = False
    order: int = 0
    notes: list[str] = field(default_factory=list)
    read: Callable[[], bytes] = bytes


@dataclass
class Left:
    """A file that went nowhere."""

    archive: str
    path: str
    why: str
    serious: bool = True    # somebody should look
    student: str = ""
    beside: bool = False    # no notebook


def alike(path: str, name: str) -> bool:
    """Whether a file has the name of the exercise, with something around it."""
    return name.lower() in re.sub(r"[ -]", "_", PurePosixPath(path).name.lower())


def choose(exercise: Exercise, student: str, mine: list[Candidate], keep: str, names: list[str], left: list[Left]
           ) -> tuple[Candidate | None, list[str]]:
    """The student's hand-in and what to say of it; the others join what is left."""
    if not mine:
        return None, []
    fits = [one for one in mine if one.place < 0 or alike(one.called, exercise.name)]
    if all(one.place < 0 for one in fits):
        fits = mine
    notes, rank = [], _rank(exercise, fits)
    best = max(fits, key=rank)
    if keep == "on-time":
        on_time = [one for one in fits if _is_on_time(exercise, student, one)]
        late = [one for one in fits if one not in on_time]
        best = max(on_time, key=rank) if on_time else best
        if on_time and late:
            notes.append("the last that was on time")
        if best.when is None and not best.order:
            notes.append("whether it was on time is not known")
    equal = [one for one in fits if rank(one) == rank(best) and one.digest != best.digest]
    for one in mine:
        if one is best or one.place < 0:
            continue
        if one.digest == best.digest:
            why, serious = "it is the same file again", False
        elif one not in fits:
            why, serious = f"it is another notebook beside {best.called or exercise.name + '.ipynb'}", False
        elif one in equal:
            why, serious = UNTOLD, True
        elif _same_moment(one, best):
            why, serious = f"{best.called} of the same hand-in was taken", True
        else:
            why, serious = f"{best.called or 'the one that is there'} was taken", False
        left.append(Left(names[one.place], one.said, why, serious, student))
    if equal:
        left.append(Left(names[best.place], best.said, UNTOLD, True, student))
        earlier = [one for one in mine if one.place < 0]
        return (earlier[0] if earlier else None), ["two notebooks of which one cannot be chosen"]
    if best.when is not None and not exercise.on_time(student, best.when):
        notes.append(f"{status.lasting(exercise.late(student, best.when))} late")
    if best.called and best.called != f"{exercise.name}.ipynb":
        notes.append(f"{best.called} was taken for {exercise.name}.ipynb")
    return best, [*notes, *best.notes]


def _rank(exercise: Exercise, fits: list[Candidate]) -> Callable[[Candidate], tuple]:
    """Larger for what was handed in later: by the times where all are known, else by the order of the downloads."""
    timed = all(one.when is not None for one in fits)
    return lambda one: (*((one.when,) if timed else ()), one.place, one.order,
                        one.called == f"{exercise.name}.ipynb")


def _is_on_time(exercise: Exercise, student: str, one: Candidate) -> bool:
    if one.when is not None:
        return exercise.on_time(student, one.when)
    return bool(one.order) and not one.late


def _same_moment(one: Candidate, other: Candidate) -> bool:
    return one.place == other.place and one.when == other.when and one.late == other.late
