"""The students in the gradebook, and the rules that match files and the rows of a platform's list to them.

In a list, only ids and email addresses count. Without a list, a name decides if only one student has it. Names are
compared without case, accents and punctuation, and with their words in any rotation, because platforms put the family
name first or last.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

from nbgrader.api import Gradebook

from parity_grading.platforms import ListedStudent, Upload


@dataclass(frozen=True)
class Person:
    """A student in the gradebook."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        """The given name followed by the family name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Roster:
    """The students of a course and, after :meth:`match_list`, the rows of a platform's list."""

    people: list[Person]
    rows: dict[str, ListedStudent] = field(default_factory=dict)    # by the platform's number
    owners: dict[str, str] = field(default_factory=dict)            # ids of students by the platform's number
    problems: dict[str, str] = field(default_factory=dict)          # by the number of a row without a student

    def __post_init__(self) -> None:
        self._ids: dict[str, set[str]] = defaultdict(set)       # ids and email addresses
        self._names: dict[str, set[str]] = defaultdict(set)
        for person in self.people:
            for text in filter(None, (person.id, person.email)):
                self._ids[text.casefold()].add(person.id)
            for spelling in spellings(person.full_name):
                self._names[spelling].add(person.id)

    def find(self, uploads: list[Upload]) -> tuple[Upload, str]:
        """Return the reading of a path that fits a student, and the student's id. Raise ValueError with the reason."""
        fitting = [upload for upload in uploads if not self.rows or self._fits_list(upload)]
        if len(fitting) > 1 and fitting[0].number:
            raise ValueError("its name can be read in more than one way, so its owner is not certain"
                             + ("" if self.rows else " (--list may tell)"))
        reasons = []
        for upload in fitting or uploads[:1]:
            try:
                return upload, self._find_owner(upload)
            except ValueError as error:
                reasons.append(str(error))
        raise ValueError(reasons[0])

    def _fits_list(self, upload: Upload) -> bool:
        row = self.rows.get(upload.number)
        return row is not None and (not row.name or letters(upload.owner) in spellings(row.name))

    def _find_owner(self, upload: Upload) -> str:
        if not upload.number:
            return self._only(self._ids.get(upload.owner.casefold(), set()), f"the id {upload.owner!r}")
        if not self.rows:
            return self._only(self._names.get(letters(upload.owner), set()), f"the name {upload.owner!r}")
        if upload.number not in self.rows:
            raise ValueError(f"{upload.number} of {upload.owner!r} is not in the list")
        if not self._fits_list(upload):
            raise ValueError(f"in the list, {upload.number} is {self.rows[upload.number].name!r} and not "
                             f"{upload.owner!r}; is it the list of another exercise?")
        if upload.number in self.problems:
            raise ValueError(self.problems[upload.number])
        return self.owners[upload.number]

    def _only(self, students: set[str], description: str) -> str:
        """Return the only one of these students. Raise ValueError if there is none, or more than one."""
        if len(students) == 1:
            return next(iter(students))
        if not students:
            raise ValueError(f"no student has {description}")
        raise ValueError(f"{len(students)} students have {description}: {', '.join(sorted(students))}"
                         + ("" if self.rows else " (--list tells them apart)"))

    def match_list(self, rows: list[ListedStudent], source: str) -> None:
        """Match the rows of a platform's list to the students. Raise ValueError if no row can be matched."""
        self.rows = {row.number: row for row in rows}
        for row in rows:
            known = [self._ids[cell.casefold()] for cell in row.ids if cell.casefold() in self._ids]
            try:
                student = self._only(set().union(*known), f"an id or email address of {row.name!r} in {source}")
                if student in self.owners.values():
                    raise ValueError(f"more than one row of {source} has an id or email address of {student}")
                self.owners[row.number] = student
            except ValueError as error:
                self.problems[row.number] = str(error)
        if not self.owners:
            raise ValueError(f"No id and no email address in {source} is in the gradebook. Is it the list of this "
                             "course, and does it show ids or email addresses?")


def spellings(name: str) -> list[str]:
    """Return the letters of a name, once for each rotation of its words.

    >>> spellings("Sinéad O'Connor")
    ['sineadoconnor', 'oconnorsinead']
    """
    words = name.split()
    return [letters("".join(words[start:] + words[:start])) for start in range(len(words))]


def letters(text: str) -> str:
    """Return a text in lower case, without accents, spaces and punctuation."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if sign.isalnum())


def read_people(book: Gradebook) -> list[Person]:
    """Return the students in the gradebook, sorted by id."""
    return sorted((Person(student.id, student.first_name or "", student.last_name or "", student.email or "")
                   for student in book.students), key=lambda person: person.id)
