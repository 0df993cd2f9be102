"""Support for learning platforms such as Moodle and Canvas.

A platform's list identifies the students by ids and email addresses, and its downloaded files by the numbers of this
list. Names do not count, because students can share or choose them. To support another platform, add a subclass of
:class:`Platform` to ``PLATFORMS``.

The formats come from the sources of Moodle (mod/assign/classes/downloader.php, gradingtable.php and
feedback/file/importziplib.php of moodle/moodle) and Canvas (lib/content_zipper.rb, lib/gradebook_exporter.rb and
app/models/abstract_assignment.rb of instructure/canvas-lms).
"""

import codecs
import contextlib
import csv
import io
import re
import unicodedata
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from dateutil import parser, tz

from parity_grading.untrusted import resembles
from parity_lib.errors import require

TWO_OWNERS = "its name can be read in more than one way, so its owner is not certain"
MAX_CELL = 10_000_000       # characters; Python's own limit is shorter than some online texts


@dataclass(frozen=True)
class Upload:
    """A possible interpretation of a file name in a platform's download. ``owner`` is the student's name."""

    owner: str
    file_name: str
    number: str                 # of the submission in Moodle, of the student in Canvas
    late: bool | None = None    # None if the platform does not say


@dataclass(frozen=True)
class ListedStudent:
    """A row in a list of students exported by a platform."""

    row: int
    number: str             # as in the names of the download
    name: str
    ids: list[str]          # ids and email addresses
    time: str | None        # of the submission, as it is written; None if the list has no such column


class Platform:
    """The base class for learning platforms."""

    list_title = ""
    number_heading = ""                     # "" for the first column
    name_headings: tuple[str, ...] = ()
    id_headings: tuple[str, ...] = ()       # of ids and email addresses that students cannot choose
    time_heading = ""
    unescaped = False                       # whether a quotation mark after a backslash is not doubled, as in PHP
    kept_grades: tuple[str, ...] = ()       # entries in the grade column that an export must not replace

    def read_path(self, path: str) -> list[Upload]:
        """Return all interpretations of a path in a download. Raise ValueError if there is none."""
        raise NotImplementedError

    def same_person(self, upload: Upload, student: ListedStudent) -> bool:
        """Return True if the name in a file's path could belong to a student in the list."""
        return True

    def find_grades(self, rows: list[list[str]], exercise: str, heading: str | None) -> tuple[int, float | None]:
        """Return the grade column of an exercise and the maximum grade. ``heading`` may name the column."""
        raise NotImplementedError

    def feedback_path(self, student: ListedStudent, source: str, exercise: str) -> str:
        """Return the path at which the platform expects the feedback on ``source``, or "" if unknown."""
        raise NotImplementedError

    def read_list(self, path: Path) -> tuple[list[list[str]], list[ListedStudent]]:
        """Return the rows of a class list exported from the platform, and the students listed in them."""
        rows, students = read_table(path, self.unescaped), []
        head = rows[0]
        column = head.index(self.number_heading) if self.number_heading in head else 0
        for index, row in enumerate(rows[1:] if self.number_heading in ("", *head) else (), start=1):
            number, cells = re.search(r"\d+$", row[column]), dict(zip(head, map(str.strip, row), strict=False))
            if number and row[0] != "Student, Test":    # which Canvas adds itself
                name = " ".join(cells[title] for title in self.name_headings if title in cells)
                ids = [cells[title] for title in self.id_headings if cells.get(title)]
                students.append(ListedStudent(index, number[0], name, ids, cells.get(self.time_heading)))
        if not students:
            raise ValueError(f"--list must be {self.list_title}, but {path.name} begins with {', '.join(head[:6])!r}")
        return rows, students


class Moodle(Platform):
    """The Moodle learning platform, in English.

    A file is called ``Ada Lovelace_881207_assignsubmission_file/unrolling.ipynb``, or ``..._file_/unrolling.ipynb`` by
    older versions, or ``..._file_unrolling.ipynb`` without folders. The name contains no underscore.
    """

    list_title = "Moodle's grading worksheet, a CSV file"
    name_headings = ("Full name",)
    id_headings = ("ID number", "Username", "Email address")
    time_heading = "Last modified (submission)"
    unescaped = True

    def read_path(self, path: str) -> list[Upload]:
        parts = PurePosixPath(path).parts
        # From the outside, because students name what is inside. Of some names Moodle leaves no letter.
        depth, part = next((place for place in enumerate(parts, start=1) if "_assignsubmission_" in place[1]), (0, ""))
        if match := re.fullmatch(r"([^_]*)_(\d+)_assignsubmission_([a-z]+)(?:_(.*))?", part):
            if len(re.findall(r"_\d+_assignsubmission_", part)) > 1:
                raise ValueError(TWO_OWNERS)
            owner, number, kind, rest = match.groups()
            if kind == "file" and (depth < len(parts) or rest):
                return [Upload(owner, parts[-1] if depth < len(parts) else rest, number)]
            raise ValueError(f"it is not a file that a student handed in, but Moodle's {kind}")
        raise ValueError("its name does not have Moodle's form, NAME_NUMBER_assignsubmission_file")

    def find_grades(self, rows: list[list[str]], exercise: str, heading: str | None) -> tuple[int, float | None]:
        column = _find_column(rows[0], heading or "Grade")
        maxima = {"".join(row[column + 1:column + 2]) for row in rows[1:]}
        return column, _as_number(maxima.pop()) if len(maxima) == 1 else None

    def feedback_path(self, student: ListedStudent, source: str, exercise: str) -> str:
        name = re.sub(r'[\x00-\x1f_/\\:*?"<>|&\']', " ", student.name) or "Participant"
        return f"{name}_{student.number}_assignsubmission_file/{exercise}.html"


class Canvas(Platform):
    """The Canvas learning platform.

    A file is called ``lovelaceada_5301_99121_unrolling.ipynb``: the sortable name, the user and the attachment. Late
    files have ``_LATE`` after the name. Students choose their names and the names of their files, which may contain
    further numbers, so a path can have several interpretations.
    """

    list_title = "Canvas's gradebook, exported as a CSV file"
    number_heading = "ID"
    name_headings = ("Student", "LastName", "FirstName")
    id_headings = ("SIS User ID", "SIS Login ID", "Integration ID")
    kept_grades = ("EX", "N/A")     # excused, and not assigned to this student

    def read_path(self, path: str) -> list[Upload]:
        name = PurePosixPath(path).name
        uploads = [Upload(name[:match.start()].removesuffix("_LATE"), match[2], match[1],
                          name[:match.start()].endswith("_LATE"))
                   for match in re.finditer(r"(?=_(\d+)_\d+_(.+))", name)]
        if not uploads:
            raise ValueError("its name does not have Canvas's form for a file, NAME_USER_ATTACHMENT_FILE (students' "
                             "names must not be hidden in Canvas while you download)")
        return uploads

    def same_person(self, upload: Upload, student: ListedStudent) -> bool:
        names = (unicodedata.normalize("NFKD", name).casefold() for name in (upload.owner, student.name))
        return len({"".join(filter(str.isalnum, name)) for name in names}) == 1

    def find_grades(self, rows: list[list[str]], exercise: str, heading: str | None) -> tuple[int, float | None]:
        assignments = [title for title in rows[0] if re.fullmatch(r".* \(\d+\)", title)]
        if heading is None:
            titles = [title for title in assignments if resembles(title, exercise)]
            require(len(titles) == 1, "--column", titles or None, f"one of {', '.join(assignments) or 'none'}")
            heading = titles[0]
        column = _find_column(rows[0], heading)
        possible = [row[column] for row in rows if row[0].strip().startswith("Points Possible")]
        return column, _as_number(possible[0]) if possible else None

    def feedback_path(self, student: ListedStudent, source: str, exercise: str) -> str:
        path = PurePosixPath(source)
        return f"{path.stem}.html" if re.search(r"_\d+_\d+_", path.name) else ""


PLATFORMS: dict[str, Platform] = {"moodle": Moodle(), "canvas": Canvas()}


class Roster:
    """The students of a course, matched with the rows of a platform's list.

    ``owners`` has the ids of students by the platform's numbers, and ``problems`` the reasons why other rows of the
    list belong to no student.
    """

    def __init__(self, people: Iterable[Any], rows: list[ListedStudent], source: str) -> None:
        """Match the rows of the list ``source`` with students. Raise ValueError if no row can be matched."""
        self.owners: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self.rows = {row.number: row for row in rows}
        known = defaultdict(set)       # ids of students, by ids and email addresses
        for person in people:
            for text in filter(None, (person.id, person.email)):
                known[text.casefold()].add(person.id)
        claims = defaultdict(list)      # rows, by the student whose ids or email addresses they have
        for row in rows:
            students = sorted(set().union(*(known.get(text.casefold(), set()) for text in row.ids)))
            description = f"an id or email address of {row.name!r} in {source}"
            if not students:
                self.problems[row.number] = f"no student has {description}"
            elif len(students) > 1:
                self.problems[row.number] = f"{len(students)} students have {description}: {', '.join(students)}"
            else:
                claims[students[0]].append(row)
        for student, claimants in claims.items():
            if len(claimants) == 1:
                self.owners[claimants[0].number] = student
                continue
            problem = (f"{len(claimants)} rows of {source} have an id or email address of {student}: "
                       + ", ".join(f"{row.name!r} (row {row.row + 1})" for row in claimants))
            self.problems |= dict.fromkeys((row.number for row in claimants), problem)
        if not self.owners:
            raise ValueError(f"No id and no email address in {source} is in the gradebook. Is it the list of this "
                             "course, and does it show ids or email addresses?")

    def find(self, uploads: list[Upload], platform: Platform) -> tuple[Upload, str]:
        """Return the interpretation of a file's path that leads to a student in the list, and this student's id.

        Raise ValueError if none fits, or more than one. Every number at least as long as one in the list counts.
        """
        fitting, shortest = [upload for upload in uploads if upload.number in self.rows], min(map(len, self.rows))
        if fitting and sum(len(upload.number) >= shortest for upload in uploads) > 1:
            raise ValueError(TWO_OWNERS)
        if not fitting:
            first = uploads[0]
            raise ValueError(f"number {first.number} of {first.owner!r} is not in the list; is it the list of this "
                             "exercise?")
        row = self.rows[fitting[0].number]
        if not platform.same_person(fitting[0], row):
            raise ValueError(f"it names {fitting[0].owner!r}, but number {row.number} is {row.name!r} in the list")
        if row.number in self.problems:
            raise ValueError(self.problems[fitting[0].number])
        return fitting[0], self.owners[fitting[0].number]


def read_table(path: Path, unescaped: bool = False) -> list[list[str]]:
    """Read the rows of a CSV file, with commas, semicolons or tabs.

    With ``unescaped``, a quotation mark after a backslash need not be doubled. Raise ValueError if the file holds no
    table, or if quotation marks make it uncertain where a row or a field of it ends.
    """
    content, text = path.read_bytes(), ""
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("latin-1", "cp1252", "utf-8-sig", *(["utf-16"] if utf_16 else [])):    # the last that fits counts
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode(encoding)
    if marked := '\\"' in text:
        text = text.replace('\\"', '\\""') if unescaped else text
    csv.field_size_limit(MAX_CELL)
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=lambda separator: len(next(csv.reader([heading], delimiter=separator), [])))
    rows: list[list[str]] = []
    try:
        for row in filter(any, csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=marked)):
            if marked and rows and len(row) != len(rows[0]):
                raise csv.Error(f"it has {len(row)} cells and not {len(rows[0])}")
            rows.append(row)
    except csv.Error as error:
        last = ", ".join(rows[-1][:2]) if rows else ""
        raise ValueError(f"{path.name} cannot be read below its row {last!r}: {error}. Does a text there contain a "
                         "backslash before a quotation mark? Then remove it") from None
    require(len(rows) > 1 and len(rows[0]) > 1, "--list", path.name, "a table with a heading and a row per student")
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows]


def parse_time(text: str) -> datetime:
    """Parse a time, taken as local if it has no time zone, and convert it to a naive datetime in UTC.

    Raise ValueError if the time cannot be read or is ambiguous, as ``11/12/2026`` is.
    """
    try:
        if re.search(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", text) or not re.search(r"\d{4}", text):
            raise ValueError
        with warnings.catch_warnings():
            warnings.simplefilter("error", parser.UnknownTimezoneWarning)
            return parser.parse(text[:100]).astimezone(tz.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, parser.UnknownTimezoneWarning):
        raise ValueError(f"a time must be written like 2026-11-20 17:02, but it is {text[:100]!r}") from None


def _find_column(head: list[str], heading: str) -> int:
    require(head.count(heading) == 1, "--column", heading, f"the heading of one column, one of {', '.join(head)}")
    return head.index(heading)


def _as_number(text: str) -> float | None:
    with contextlib.suppress(ValueError):
        return float(text.replace(",", "."))
    return None
