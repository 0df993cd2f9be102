"""Downloads and lists of a class in the formats of Moodle and Canvas, with the mistakes that students make."""

import csv
import functools
import io
import json
import os
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from nbgrader import api
from nbgrader.api import Gradebook

from tests.exercises import course
from tests.grading import classroom
from tests.grading.classroom import Student, the_class

NAME = "unrolling"
DUE = datetime(2026, 11, 20, 18, 0)     # UTC
CLASS = {student.id: student for student in the_class()}
IDS = ADA, EMMY, GRACE, KURT, SOFJA, ANNA, OTHER_ANNA, SINEAD, LI = [
    f"s2045{number:02}" for number in (1, 2, 3, 4, 5, 15, 16, 18, 32)]


@functools.cache
def release(name: str) -> str:
    """Return the notebook that students receive."""
    return (course.ROOT / "exercises" / name / f"{name}.ipynb").read_text(encoding="utf8")


def notebook(mark: str, name: str = NAME) -> bytes:
    """Return a submission with ``mark`` in its metadata, so that it differs from other submissions."""
    content = json.loads(release(name))
    content["metadata"]["of"] = mark
    return json.dumps(content).encode()


def make_course(folder: Path, *names: str) -> Path:
    """Create a course with the class and these exercises in its gradebook, without running nbgrader's commands."""
    course.copy_course(folder, *(names or (NAME,)))
    with mock.patch.dict(os.environ, course.environment()), Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        book.db.add_all(api.Student(id=student.id, first_name=student.first_name, last_name=student.last_name,
                                    email=student.email) for student in CLASS.values())
        for name in names or (NAME,):
            classroom.enter(book, name, duedate=DUE)
        book.db.commit()
    return folder


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Return a zip archive of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """Write a zip archive of these files."""
    path.write_bytes(zip_bytes(files))
    return path


def moodle(files: dict[tuple[str, str], bytes], between: str = "/") -> dict[str, bytes]:
    """Name files, given by student and name, as Moodle does; ``between`` is "/", "_/" or "_", by version and option."""
    def shown(student: Student) -> str:
        return "".join(sign for sign in student.full_name if sign not in "&<>\"`|':\\/_")
    return {f"{shown(CLASS[student])}_{CLASS[student].moodle}_assignsubmission_file{between}{name}": data
            for (student, name), data in files.items()}


def canvas(files: dict[tuple[str, str], bytes], late: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Name files, given by student and name, as Canvas does: the last word of the name comes first."""
    def shown(student: Student) -> str:
        *given, family = student.full_name.split()
        return "".join(sign for sign in f"{family}{''.join(given)}".lower() if sign.isalnum())
    return {f"{shown(CLASS[student])}{'_LATE' * (student in late)}_{CLASS[student].canvas}_{number}_{name}": data
            for number, ((student, name), data) in enumerate(files.items(), start=99000)}


def worksheet(path: Path, late: dict[str, timedelta] | None = None, students: Iterable[Student] = CLASS.values(),
              most: str = "15.00", separator: str = ",", encoding: str = "utf-8-sig") -> Path:
    """Write Moodle's grading worksheet; students who are not ``late`` submitted an hour before the due date."""
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        table = csv.writer(file, delimiter=separator)
        table.writerow(["Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade",
                        "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
                        "Feedback comments"])
        for student in students:
            came = DUE + (late or {}).get(student.id, timedelta(hours=-1))
            table.writerow([f"Participant {student.moodle}", student.full_name, student.id, student.email,
                            "Submitted for grading", "", most, "Yes",
                            f"{came:%A}, {came.day} {came:%B %Y}, {came:%I:%M %p}", "-", 'Said "no", then left'])
    return path


def canvas_gradebook(path: Path, students: Iterable[Student] = CLASS.values(), most: str = "15",
                     grades: dict[str, str] | None = None) -> Path:
    """Write Canvas's gradebook, with the grades that it holds already."""
    with path.open("w", encoding="utf8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Warm-up (900)", "Unrolling (1234)"])
        table.writerow(["", "", "", "", "", "", "Manual Posting"])
        table.writerow(["    Points Possible", "", "", "", "", "10", most])
        for student in students:
            *given, family = student.full_name.split()
            table.writerow([", ".join([family, " ".join(given)]), student.canvas, student.id, student.email,
                            "Section 1", "9.5", (grades or {}).get(student.id, "")])
        table.writerow(["Student, Test", 9999, "", "abc", "Section 1", "", ""])
    return path


def files_with_mistakes() -> dict[tuple[str, str], bytes]:
    """Return the files of the class, by student and name: some with a mistake, and none from Chloé."""
    files = {(student, f"{NAME}.ipynb"): notebook(student) for student in CLASS if student != "s204540"}
    for student, name, data in (
            (ADA, "unrolling (1).ipynb", notebook(ADA)),                # renamed by a browser
            (GRACE, "unrolling.zip", zip_bytes({                        # zipped on a Mac
                "unrolling/unrolling.ipynb": notebook(GRACE), "__MACOSX/unrolling/._unrolling.ipynb": b"Mac",
                "unrolling/.ipynb_checkpoints/unrolling-checkpoint.ipynb": notebook("older")})),
            (KURT, "unrolling.html", b"<html>"),                        # a page instead of a notebook
            (SOFJA, "unrolling.ipynb", notebook(SOFJA)[:500]),          # cut off
            ("s204507", "final version.ipynb", notebook("s204507"))):   # renamed by the student
        del files[student, f"{NAME}.ipynb"]
        files[student, name] = data
    files[EMMY, "unrolling (1).ipynb"] = notebook("a second notebook of Emmy's")
    files["s204506", "unrolling.pdf"] = b"%PDF"                         # printed as well
    return files
