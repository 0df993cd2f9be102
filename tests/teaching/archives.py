"""Downloads of a class, as Moodle and Canvas make them, with the slips of students."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from nbgrader import api
from nbgrader.api import Gradebook

from tests.exercises import course
from tests.teaching.roster import Student, the_class

NAME = "unrolling"
DUE = datetime(2026, 11, 20, 18, 0)     # UTC
CLASS = {one.id: one for one in the_class()}
MANY = {one.id: one for one in the_class(500)}      # the forty are the first of them


@functools.cache
def release(name: str) -> str:
    """What students get, as text."""
    return (course.ROOT / "exercises" / name / f"{name}.ipynb").read_text(encoding="utf8")


def notebook(mark: str, name: str = NAME) -> bytes:
    """A hand-in that differs from every other one."""
    content = json.loads(release(name))
    content["metadata"]["of"] = mark
    return json.dumps(content).encode()


def marked(path: Path) -> str:
    """Whose hand-in a file is."""
    return json.loads(path.read_text(encoding="utf8"))["metadata"]["of"]


def make_course(folder: Path, *names: str, due: datetime | None = DUE) -> Path:
    """A course with the class and the exercises in its gradebook, made without nbgrader's commands."""
    (folder / "private").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text((course.ROOT / "nbgrader_config.py").read_text(encoding="utf8"),
                                               encoding="utf8")
    with mock.patch.dict(os.environ, course.environment()), Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        book.db.add_all(api.Student(id=one.id, first_name=one.first_name, last_name=one.last_name, email=one.email)
                        for one in the_class())
        for name in names or (NAME,):
            notebook = api.Notebook(name=name, assignment=api.Assignment(name=name, duedate=due))
            for cell in json.loads(release(name))["cells"]:
                about = cell["metadata"].get("nbgrader", {})
                if about.get("grade"):
                    api.GradeCell(name=about["grade_id"], notebook=notebook, max_score=about["points"],
                                  cell_type=cell["cell_type"])
                if about.get("solution"):
                    api.SolutionCell(name=about["grade_id"], notebook=notebook)
                elif about:
                    api.SourceCell(name=about["grade_id"], notebook=notebook, cell_type=cell["cell_type"])
            book.db.add(notebook)
        book.db.commit()
    return folder


def moodle_name(student: Student) -> str:
    """The name as Moodle writes it in a path."""
    return "".join(sign for sign in student.full_name if sign not in "&<>\"`|':\\/").replace("_", " ")


def canvas_name(student: Student) -> str:
    """Canvas's sortable name, of which the family name is the last word, without what is no letter."""
    *given, family = student.full_name.split()
    return "".join(sign for sign in f"{family}{''.join(given)}".lower() if sign.isalnum() or sign == "_")


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """A zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def a_zip(files: dict[str, bytes]) -> bytes:
    """A zip that a student makes."""
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return inside.getvalue()


def unpacked(path: Path, files: dict[str, bytes]) -> Path:
    """The folder that a browser makes of a zip."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def moodle(files: dict[tuple[str, str], bytes], form: str = "new") -> dict[str, bytes]:
    """Files, by student and name, in one of Moodle's three forms."""
    between = {"new": "/", "old": "_/", "flat": "_"}[form]
    return {f"{moodle_name(MANY[student])}_{MANY[student].moodle}_assignsubmission_file{between}{name}": data
            for (student, name), data in files.items()}


def canvas(files: dict[tuple[str, str], bytes], late: tuple[str, ...] = (), first: int = 99000) -> dict[str, bytes]:
    """Files, by student and name, in Canvas's form."""
    return {f"{canvas_name(MANY[student])}{'_LATE' * (student in late)}_{MANY[student].canvas}_{number}_{name}": data
            for number, ((student, name), data) in enumerate(files.items(), start=first)}


def worksheet(path: Path, late: dict[str, timedelta] | None = None, separator: str = ",", encoding: str = "utf-8-sig",
              name: str = "Full name", students: Iterable[Student] = CLASS.values()) -> Path:
    """Moodle's grading worksheet; whoever is not ``late`` sent an hour before the due date."""
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        table = csv.writer(file, delimiter=separator)
        table.writerow(["Identifier", name, "ID number", "Email address", "Status", "Grade", "Maximum grade",
                        "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
                        "Feedback comments"])
        for one in students:
            came = DUE + (late or {}).get(one.id, timedelta(hours=-1))
            table.writerow([f"Participant {one.moodle}", one.full_name, one.id, one.email, "Submitted for grading", "",
                            "15.00", "Yes", f"{came:%A}, {came.day} {came:%B %Y}, {came:%I:%M %p}", "-", ""])
    return path


def canvas_gradebook(path: Path, two_columns: bool = False, students: Iterable[Student] = CLASS.values()) -> Path:
    """Canvas's gradebook."""
    with path.open("w", encoding="utf8", newline="") as file:
        table = csv.writer(file)
        names = ["LastName", "FirstName"] if two_columns else ["Student"]
        table.writerow([*names, "ID", "SIS User ID", "SIS Login ID", "Section", "Unrolling (1234)"])
        table.writerow(["    Points Possible", *([""] * (3 + len(names))), "15"])
        for one in students:
            *given, family = one.full_name.split()
            name = [one.last_name, one.first_name] if two_columns else [", ".join([family, " ".join(given)])]
            table.writerow([*name, one.canvas, one.id, one.email, "Section 1", ""])
    return path


ADA, EMMY, GRACE, KURT, SOFJA, ANNA, OTHER_ANNA, SINEAD, LI, NA = (
    f"s2045{number:02}" for number in (1, 2, 3, 4, 5, 15, 16, 18, 32, 33))


def slips() -> dict[tuple[str, str], bytes]:
    """The whole class but Chloé, each with a slip of their own or none."""
    files = {(student, "unrolling.ipynb"): notebook(student) for student in CLASS if student != "s204540"}

    def instead(student: str, **others: bytes) -> None:
        del files[student, "unrolling.ipynb"]
        files.update({(student, name): data for name, data in others.items()})
    instead(ADA, **{"unrolling (1).ipynb": notebook(ADA)})                      # a browser renamed it
    files[EMMY, "unrolling (1).ipynb"] = notebook("emmy, the other one")         # doubled
    instead(GRACE, **{"unrolling.zip": a_zip({                                  # zip in zip, from a Mac
        "unrolling/unrolling.ipynb": notebook(GRACE), "__MACOSX/unrolling/._unrolling.ipynb": b"Mac",
        "unrolling/.ipynb_checkpoints/unrolling-checkpoint.ipynb": notebook("older")})})
    instead(KURT, **{"unrolling.html": b"<html>"})                              # a page instead
    instead(SOFJA, **{"unrolling.ipynb": notebook(SOFJA)[:500]})                # cut off
    files["s204506", "unrolling.pdf"] = b"%PDF"                                 # a print beside it
    instead("s204507", **{"final version.ipynb": notebook("s204507")})
    return files


def nfd(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same, with accents as a Mac writes them."""
    return {unicodedata.normalize("NFD", name): data for name, data in files.items()}
