"""Which student of the list a file belongs to, by id, by the platform's own list, or by a name that only one has.

Chapter: *For instructors*. The list of students is the gradebook's. The platform's own list is a CSV file that knows
its numbers: Moodle's grading worksheet (*Identifier*, *Full name*, *Email address*, *ID number*, *Last modified
(submission)*: mod/assign/gradingtable.php), or Canvas's gradebook (*Student*, *ID*, *SIS User ID*, *SIS Login ID*,
*Section*: lib/gradebook_exporter.rb). Names are compared without case, blanks and apostrophes; accents and the order of
given and family name count only where that leaves two students.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp

from parity_lib.errors import require
from parity_lib.teaching import worksheet
from parity_lib.teaching.platforms import Sent, in_utc
from parity_lib.teaching.worksheet import NUMBER

NAMES = ("full name", "student", "name", "vollständiger name", "nom complet", "nombre completo", "nome completo")
TIMES = ("last modified (submission)", "zuletzt geändert (abgabe)", "submitted_at", "submitted at", "submitted",
         "timestamp", "time")
DRAFT = ("draft", "entwurf")     # "Draft (not submitted)"
IDS = ("id number", "username", "sis user id", "sis login id", "integration id", "student id", "student_id",
       "id-nummer", "anmeldename")      # where a bare number is a student's, not a grade

TOLD_APART = "; the platform's list (--list) tells them apart"


@dataclass(frozen=True)
class Person:
    """A student as the gradebook has them."""

    id: str
    first: str
    last: str
    email: str
    number: str     # Canvas's number of the user, where somebody has entered it


@dataclass
class Entry:
    """A row of the platform's list."""

    name: str
    student: str | None = None      # the id
    when: datetime | None = None
    wrong: str = ""
    by_name: bool = False           # nothing but the name says who it is
    draft: bool = False             # Moodle's download has what was never submitted, too


def close(text: str) -> str:
    """A name without case, blanks, apostrophes and the ways of writing an accent.

    >>> close("O'Connor, Sinéad") == close("OCONNOR SINE" + chr(0x301) + "AD")
    True
    """
    return "".join(sign for sign in unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
                   if sign.isalnum())


def loose(text: str) -> str:
    """A name also without accents and the order of its parts: its letters, sorted."""
    return "".join(sorted(sign for sign in unicodedata.normalize("NFKD", text).casefold() if sign.isalnum()))


@dataclass
class Roster:
    """The students, and the ways to find one."""

    people: list[Person]
    entries: dict[str, Entry] = field(default_factory=dict)     # by the platform's number
    has_list: bool = False
    times_unread: list[str] = field(default_factory=list)   # why, for each row
    doubt: str = ""     # whether the platform's list is this class's
    order: str = ""     # in which names stand in a download: "given" or "family" first, "" where it does not tell

    def __post_init__(self) -> None:
        self.ids = _unique((one.id.casefold(), one.id) for one in self.people)
        self.emails = _unique((one.email.casefold(), one.id) for one in self.people if one.email)
        self.numbers = _unique((one.number, one.id) for one in self.people if one.number)
        self.close: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.loose: dict[str, set[str]] = defaultdict(set)
        for one in self.people:
            for order, name in (("given", one.first + one.last), ("family", one.last + one.first)):
                if close(name):
                    self.close[close(name)].append((order, one.id))
                    self.loose[loose(name)].add(one.id)

    def settle(self, names: Iterable[str]) -> None:
        """Learn from a download's names whether given or family names come first."""
        votes = Counter()
        for name in set(names):
            fits = set(self.close.get(close(name), ()))
            if len({student for _, student in fits}) == 1 and len(fits) == 1:
                votes[next(iter(fits))[0]] += 1
        self.order = next(iter(votes)) if len(votes) == 1 else ""

    def by_name(self, name: str) -> str:
        """The id of the one student with this name. Raises ValueError where there is none, or more than one."""
        fits = self.close.get(close(name), [])
        found = {student for _, student in fits}
        if len(found) > 1:
            found = {student for order, student in fits if order == self.order} or found
        if not found:
            found = self.loose.get(loose(name), set())
        if len(found) == 1:
            return next(iter(found))
        if not found:
            raise ValueError(f"no student is called {name!r}")
        raise ValueError(f"{len(found)} students are called {name!r}: {', '.join(sorted(found))}"
                         + ("" if self.has_list else TOLD_APART))

    def find(self, sent: Sent) -> tuple[str, datetime | None]:
        """The id of the student who sent a file, and the time in the list. Raises ValueError with the reason."""
        entry = self.entries.get(sent.number) if sent.number else None
        if sent.number and self.has_list and entry is None:
            raise ValueError(f"{sent.number} of {sent.who!r} is not in the list")
        if entry is not None:
            if entry.name and loose(entry.name) != loose(sent.who):
                raise ValueError(f"the list has {entry.name!r} as {sent.number}, not {sent.who!r}: is it the list of "
                                 "another exercise?")
            if entry.student is None:
                raise ValueError(entry.wrong)
            return entry.student, entry.when
        who = sent.who.casefold()
        # A platform's file names begin with a name; where it reads like an id, it may still be another person's name.
        named = {student for _, student in self.close.get(close(sent.who), ())} if sent.number else set()
        for known, text in ((self.ids, who), (self.emails, who), (self.numbers, sent.number)):
            if (student := known.get(text)) and (known is self.numbers or named <= {student}):
                return student, None
        if not sent.number:
            raise ValueError(f"{sent.who!r} is not the id of a student")
        return self.by_name(sent.who), None

    def read(self, path: Path, platform: str, zone: tzinfo) -> None:
        """Take in the platform's list, with its times. Raises ValueError where it is none."""
        lines = worksheet.read(path).lines()
        head = [cell.casefold() for cell in lines[0]]
        column = head.index("id") if platform == "canvas" and "id" in head else 0
        rows = [row for row in lines[1:] if NUMBER.search(row[column])]
        require(bool(rows), "--list", str(path), "Moodle's grading worksheet or Canvas's gradebook, a CSV file")
        self.has_list = True
        self.take(head, rows, column, path.name)
        for row in rows:
            entry = self.entries[NUMBER.search(row[column])[0]]
            for place in (head.index(one) for one in TIMES if one in head):
                if row[place] not in ("", "-"):
                    try:
                        entry.when = in_utc(row[place], zone)
                    except ValueError as error:
                        self.times_unread.append(str(error))
            entry.draft = "status" in head and row[head.index("status")].casefold().startswith(DRAFT)

    def take(self, head: list[str], rows: list[list[str]], column: int, source: str) -> None:
        """Find out whose the rows of the platform's list are; its number of a person is in ``column``.

        ``head`` is in small letters. An id or an email decides, and a name where there is none.
        """
        names = [_name(head, row) for row in rows]
        self.settle(names)
        tells = self._tells_apart(head, rows, column)
        for row, name in zip(rows, names, strict=True):
            entry = self.entries[NUMBER.search(row[column])[0]] = Entry(name)
            try:
                entry.student, entry.by_name = self._of_row(head, row, column, name, tells)
            except ValueError as error:
                entry.wrong = f"{error} (in {source})"
        self._part_namesakes(source)
        ways = {entry.by_name for entry in self.entries.values() if entry.student}
        told = any("@" in cell or (cell and title in IDS)
                   for row in rows for title, cell in zip(head, row, strict=True))
        if ways == {True} and told:
            self.doubt = (f"no id and no email in {source} is one of the class, so names alone told the students: is "
                          "it the list of this course?")

    def _part_namesakes(self, source: str) -> None:
        """A name gives a student to one row only, and to none where an id or an email gives them to another."""
        rows = Counter(entry.student for entry in self.entries.values())
        for entry in self.entries.values():
            if entry.by_name and rows[entry.student] > 1:
                entry.wrong = f"{rows[entry.student]} rows may be {entry.student}, by the name {entry.name!r} " \
                              f"(in {source})"
                entry.student = None

    def _tells_apart(self, head: list[str], rows: list[list[str]], column: int) -> dict[int, dict[str, str]]:
        """The columns with the class's ids or emails, each with the class's own by student."""
        ids = {one.id: one.id.casefold() for one in self.people}
        emails = {one.id: one.email.casefold() for one in self.people if one.email}
        found = {}
        for place, title in enumerate(head):
            cells = {row[place].strip().casefold() for row in rows}
            if place != column and title in IDS and cells & self.ids.keys():
                found[place] = ids
            elif place != column and cells & self.emails.keys():
                found[place] = emails
        return found

    def _of_row(self, head: list[str], row: list[str], column: int, name: str, tells: dict[int, dict[str, str]]
                ) -> tuple[str, bool]:
        found = set()
        for place, cell in enumerate(text.strip().casefold() for text in row):
            if place != column and cell in self.emails:
                found.add(self.emails[cell])
            if place != column and cell in self.ids and (head[place] in IDS or not cell.isdigit()):
                found.add(self.ids[cell])
        if len(found) > 1:
            raise ValueError(f"{name or row[column]} is more than one student: {', '.join(sorted(found))}")
        if not found and not name:
            raise ValueError(f"nothing in the row of {row[column]!r} is a student's id, email or name")
        if found:
            return found.pop(), False
        student = self.by_name(name)
        for place, own in tells.items():
            if (cell := row[place].strip()) and student in own and cell.casefold() != own[student]:
                raise ValueError(f"{name!r} has {cell} there, which is not {student}'s")
        return student, True


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The pairs whose key belongs to one student only."""
    found = defaultdict(set)
    for key, student in pairs:
        found[key].add(student)
    return {key: next(iter(students)) for key, students in found.items() if len(students) == 1}


def _name(head: list[str], row: list[str]) -> str:
    if "lastname" in head and "firstname" in head:      # Canvas, with two columns for the name
        return f"{row[head.index('firstname')]} {row[head.index('lastname')]}".strip()
    return next((row[head.index(one)] for one in NAMES if one in head), "")


def students(app: NbGraderApp) -> Roster:
    """The list of students. Raises ValueError where it is empty."""
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
        people = [Person(one.id, one.first_name or "", one.last_name or "", one.email or "", one.lms_user_id or "")
                  for one in book.students]
    if not people:
        raise ValueError("the list of students is empty: nbgrader db student import FILE")
    return Roster(sorted(people, key=lambda one: one.id))
