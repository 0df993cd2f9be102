"""A learning platform's own file of grades, filled in: everything but the grades stays as it was, byte for byte.

Chapter: *For instructors*. Identifiers, encoding, separators and the order of columns are the platform's, so that it
takes the file back. What its columns mean is read from the platforms' own sources:

- Moodle's grading worksheet (moodle/moodle, mod/assign/gradingtable.php at commit 003699dba493,
  feedback/offline/importgradeslib.php of Moodle 4.1 and locallib.php at 04975560d10b): the import reads *Identifier*,
  *Grade* and *Last modified (grade)*, whose names are in the language of whoever downloads it; *Identifier* is a word
  and the participant's number, and the maximum is in the column behind *Grade*. A blank grade is skipped, and one
  above the maximum is, too, without a word. A decimal point is read in every language.
- Canvas's gradebook (instructure/canvas-lms, lib/gradebook_exporter.rb at commit 0140a2effa63 and
  gradebook_importer.rb at 00b222d77ee4): *Student*, *ID*, perhaps *SIS User ID*, *SIS Login ID*, *Section*, then a
  column ``Title (number)`` for each assignment; the points possible are in a row of their own. A blank takes an
  earlier grade away.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from parity_lib.errors import require

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
SEPARATORS = ",;\t"
# "Grade" in Moodle's language packs; for others there is --column.
MOODLE_GRADE = ("grade", "bewertung", "note", "calificación", "cualificación", "qualificació", "kalifikazioa")
NUMBER = re.compile(r"\d+$")      # the platform's, of a person
PARTICIPANT = re.compile(r"\D*?\s*(\d+)")
CANVAS_ASSIGNMENT = re.compile(r"(.*) \((\d+)\)")
CANVAS_KEPT = ("EX", "N/A")         # excused; not assigned to this student
CANVAS_TEST = "Student, Test"       # Canvas's own, behind the students


@dataclass
class Sheet:
    """A table as it is written: cells with their quotes, and what stands behind each."""

    bom: bytes
    encoding: str
    separator: str
    rows: list[list[str]]
    ends: list[list[str]]

    def cell(self, row: int, column: int) -> str:
        """What a cell says; "" where the row is too short."""
        raw = self.rows[row][column] if column < len(self.rows[row]) else ""
        quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
        return (raw[1:-1].replace('""', '"') if quoted else raw).strip()

    def line(self, row: int) -> list[str]:
        """All cells of a row."""
        return [self.cell(row, column) for column in range(len(self.rows[row]))]

    def lines(self) -> list[list[str]]:
        """All cells of the rows in which there are any, each row as wide as the head."""
        wide = len(self.rows[0])
        return [[self.cell(row, column) for column in range(wide)]
                for row in range(len(self.rows)) if any(self.line(row))]

    def put(self, row: int, column: int, text: str) -> None:
        """Write a number into a cell, in quotes where there were some."""
        self.rows[row][column] = f'"{text}"' if self.rows[row][column].startswith('"') else text

    def bytes(self) -> bytes:
        """The file."""
        text = "".join(cell + end for cells, ends in zip(self.rows, self.ends, strict=True)
                       for cell, end in zip(cells, ends, strict=True))
        return self.bom + text.encode(self.encoding)


def read(path: Path) -> Sheet:
    """A file of comma-, semicolon- or tab-separated values. Raises ValueError where there is no table in it."""
    content = path.read_bytes()
    require(not content.startswith(b"PK"), "--list", path.name,
            "a text file with separated values; a workbook has to be saved as CSV first")
    bom, given = next((one for one in BOMS if content.startswith(one[0])), (b"", ""))
    encoding = given or next(one for one in ("utf-8", "cp1252", "latin-1") if _decodes(content, one))
    text = content[len(bom):].decode(encoding)
    head = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=lambda one: len(_cells(head, one)[0][0]))
    rows, ends = _cells(text, separator)
    require(len(rows) > 1 and len(rows[0]) > 1, "--list", path.name,
            "a table with a heading and a row for each student")
    return Sheet(bom, encoding, separator, rows, ends)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _cells(text: str, separator: str) -> tuple[list[list[str]], list[list[str]]]:
    """The cells of each row as they are written, and the separators and line ends behind them."""
    pattern = re.compile(rf'("(?:[^"]|"")*"|[^{separator}\r\n]*)({separator}|\r\n|\n|\r|\Z)')
    rows, ends, place = [[]], [[]], 0
    while place < len(text) or not rows[-1]:
        if place == len(text) and len(rows) > 1:
            break
        found = pattern.match(text, place)
        rows[-1].append(found[1])
        ends[-1].append(found[2])
        place = found.end()
        if found[2] != separator and place < len(text):
            rows.append([])
            ends.append([])
        elif found[2] == separator and place == len(text):      # a last, empty cell
            rows[-1].append("")
            ends[-1].append("")
    return rows, ends


# ---------------------------------------------------------------- what a platform's file holds


@dataclass
class Form:
    """Where a platform's file has what: a row a student, the columns that say who it is, the one for the grade."""

    sheet: Sheet
    grade: int
    number: int                 # the column with the platform's number of a person
    who: list[int]
    students: list[int]
    most: float | None
    kept: tuple[str, ...] = ()
    skips_above: bool = False   # a grade above the maximum, without a word

    def number_of(self, row: int) -> str:
        """The platform's number of a student."""
        return NUMBER.search(self.sheet.cell(row, self.number))[0]

    def about(self, row: int) -> str:
        """What the file says of a student, for a person."""
        return ", ".join(filter(None, (self.sheet.cell(row, at) for at in self.who)))


def moodle(sheet: Sheet, column: str | None = None) -> Form:
    """Moodle's grading worksheet. Raises ValueError, with the columns that there are, where it is none."""
    head = sheet.line(0)
    students = [row for row in range(1, len(sheet.rows)) if any(sheet.line(row))]
    grade = _named(head, [column] if column else MOODLE_GRADE, "the grade")
    numbered = [at for at in range(grade) if students
                and all(PARTICIPANT.fullmatch(sheet.cell(row, at)) for row in students)]
    require(bool(numbered), "--list", ", ".join(head),
            "Moodle's grading worksheet, with a column like 'Participant 204517'")
    limits = {sheet.cell(row, grade + 1) for row in students}
    most = number(limits.pop()) if len(limits) == 1 else None
    return Form(sheet, grade, numbered[0], [at for at in range(grade) if at != numbered[0]], students, most,
                skips_above=True)


def canvas(sheet: Sheet, name: str, column: str | None = None) -> Form:
    """Canvas's gradebook; the assignment is the one whose title has the exercise's name, or ``column``."""
    head = sheet.line(0)
    require("ID" in head and "Section" in head and head[0] in ("Student", "LastName"), "--list", ", ".join(head[:6]),
            "Canvas's exported gradebook, with the columns Student, ID and Section")
    section = head.index("Section")
    assignments = [one for one in head[section + 1:] if CANVAS_ASSIGNMENT.fullmatch(one)]
    if column is None:
        alike = [one for one in assignments if plain(name).replace("_", " ") in plain(one).replace("_", " ")]
        require(len(alike) == 1, "--column", alike or None,
                f"one of the assignments, {', '.join(assignments) or 'none'}")
        column = alike[0]
    grade = _named(head, [column], "the assignment")
    possible = [row for row in range(1, len(sheet.rows)) if sheet.cell(row, 0).startswith("Points Possible")]
    place = head.index("ID")
    students = [row for row in range(1, len(sheet.rows)) if row not in possible
                and NUMBER.search(sheet.cell(row, place)) and sheet.cell(row, 0) != CANVAS_TEST]
    most = number(sheet.cell(possible[0], grade)) if possible else None
    who = sorted(range(section), key=lambda at: head[at] == "ID")      # Canvas's own number last
    return Form(sheet, grade, place, who, students, most, kept=CANVAS_KEPT)


def _named(head: list[str], names: tuple[str, ...] | list[str], what: str) -> int:
    found = [at for at, one in enumerate(head) if plain(one) in {plain(name) for name in names}]
    require(len(found) == 1, "--column", names[0] if len(names) == 1 else None,
            f"the heading of the column with {what}, one of {', '.join(head)}")
    return found[0]


def number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def plain(text: str) -> str:
    """A name or an id without what does not tell people apart: case, kinds of blanks, composed accents."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
