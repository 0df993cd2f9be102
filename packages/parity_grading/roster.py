"""Tools for matching students with the files and lists of a platform.

In a platform's list, ids and email addresses identify the students, and the files of a download have the numbers of the
list. Names do not count: two students can have the same name, and students can choose their names on some platforms.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

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
        """The student's first name followed by their last name."""
        return f"{self.first_name} {self.last_name}".strip()


class Roster:
    """The students of a course, matched with the rows of a platform's list.

    ``owners`` has the ids of students by the platform's numbers, and ``problems`` the reasons why other rows of the
    list belong to no student.
    """

    def __init__(self, people: list[Person], rows: list[ListedStudent], source: str) -> None:
        """Match the rows of a list, which is called ``source``, with students.

        Raise ValueError if no row can be matched.
        """
        self.owners: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        known = defaultdict(set)       # ids of students, by ids and email addresses
        for person in people:
            for text in filter(None, (person.id, person.email)):
                known[text.casefold()].add(person.id)
        for row in rows:
            students = sorted(set().union(*(known.get(text.casefold(), set()) for text in row.ids)))
            description = f"an id or email address of {row.name!r} in {source}"
            if not students:
                self.problems[row.number] = f"no student has {description}"
            elif len(students) > 1:
                self.problems[row.number] = f"{len(students)} students have {description}: {', '.join(students)}"
            elif students[0] in self.owners.values():
                self.problems[row.number] = f"more than one row of {source} has an id or email address of {students[0]}"
            else:
                self.owners[row.number] = students[0]
        if not self.owners:
            raise ValueError(f"No id and no email address in {source} is in the gradebook. Is it the list of this "
                             "course, and does it show ids or email addresses?")

    def find(self, uploads: list[Upload]) -> tuple[Upload, str]:
        """Find the student who uploaded a file.

        Return the interpretation of the file's path that fits a student, and the student's id. Raise ValueError if none
        fits, or more than one.
        """
        fitting = [upload for upload in uploads if upload.number in self.owners | self.problems]
        if len(fitting) > 1:
            raise ValueError("its name can be read in more than one way, so its owner is not certain")
        if not fitting:
            first = uploads[0]
            raise ValueError(f"number {first.number} of {first.owner!r} is not in the list; is it the list of this "
                             "exercise?")
        if fitting[0].number in self.problems:
            raise ValueError(self.problems[fitting[0].number])
        return fitting[0], self.owners[fitting[0].number]


def read_people(book: Gradebook) -> list[Person]:
    """Return the students in the gradebook, sorted by id."""
    return sorted((Person(student.id, student.first_name or "", student.last_name or "", student.email or "")
                   for student in book.students), key=lambda person: person.id)
