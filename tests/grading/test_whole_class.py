"""A class with hostile submissions among the honest ones: everybody else's file and points arrive in their row."""

import io
import struct
import zipfile
from dataclasses import replace

from nbgrader import api

from parity_grading.course import load_course
from parity_grading.submission_store import SubmissionStore
from tests.exercises import course
from tests.exercises.course import parity
from tests.grading import archives, classroom
from tests.grading.archives import CLASS, NAME, moodle, notebook, worksheet, zip_bytes, zipped
from tests.grading.classroom import Student
from tests.grading.test_export import GRADED, export, root, template  # noqa: F401

LONG = "ы" * 54     # an id whose name of a file is longer than most file systems allow, once it is quoted


def packed(method: int) -> bytes:
    """Return an archive whose member is compressed in this way."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(f"{NAME}.ipynb", b" " * 1_000_000)
    return content.getvalue()


def repeated_directory() -> bytes:
    """Return an archive that lists one file 2,000 times."""
    one = zip_bytes({"a.ipynb": b"1"})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entries = one[start:end] * 2000
    return one[:start] + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(entries), start, 0)


HOSTILE = {
    "s204526": ("unrolling.zip", packed(zipfile.ZIP_BZIP2)),
    "s204527": ("unrolling.zip", packed(zipfile.ZIP_LZMA)),
    "s204528": ("unrolling.zip", repeated_directory()),
    "s204529": (f"{NAME}.ipynb", b'{"cells": [' + b"[" * 200_000),
    "s204530": (f"{NAME}.ipynb", b'{"cells": [' + b"{}," * 3_000_000 + b"{}]}"),
    "s204531": ("unrolling.zip", zip_bytes({f"{'d/' * 3000}{NAME}.ipynb": notebook("deep"),
                                            f"../../s204501/{NAME}/{NAME}.ipynb": notebook("outside")})),
    "s204532": (f"s204501_{CLASS['s204501'].moodle}_assignsubmission_file_{NAME}.ipynb", b"no notebook"),
}
HONEST = sorted(set(CLASS) - set(HOSTILE))[:25]


def guest(name: str) -> Student:
    """Return somebody who is in the platform's list, but not in the gradebook, and who calls themselves so."""
    return Student("", name, "", "eve@example.net", 999_001, 7001)


def test_the_files_of_a_class_are_collected_whatever_some_of_them_contain(tmp_path):
    root = archives.make_course(tmp_path / "course")    # noqa: F811
    victim = CLASS[HONEST[0]]
    files = moodle({(student, f"{NAME}.ipynb"): notebook(student) for student in HONEST}
                   | {(student, name): data for student, (name, data) in HOSTILE.items()})
    files[f"{victim.email}_999001_assignsubmission_file/{NAME}.ipynb"] = notebook("by a guest")
    listed = worksheet(tmp_path / "list.csv", students=[guest(victim.email), *CLASS.values()])
    code, output = parity(root, "collect", NAME, zipped(tmp_path / "all.zip", files), "--from", "moodle",
                          "--list", listed)
    placed = {path.parent.parent.name: path.read_bytes() for path in root.glob(f"submitted/*/{NAME}/{NAME}.ipynb")}
    assert {student: placed.pop(student) for student in HONEST} == {student: notebook(student) for student in HONEST}
    assert not placed, placed.keys()
    assert code == 1
    for student, (name, _) in HOSTILE.items():
        assert [line for line in output.splitlines() if line.startswith(student) and name in line], student
    assert "999001" in output
    for method in (12, 14):     # bzip2 and LZMA, which unpack without a limit
        assert f"it is compressed in an unusual way (method {method}); only deflate" in output


def test_the_points_of_a_class_are_exported_whatever_some_have_handed_in(root, tmp_path):     # noqa: F811
    before = export(root, "csv")[2]
    with classroom.opened(root) as book:
        book.db.add(api.Student(id=LONG))
        book.db.commit()
    course.submit(root, LONG, NAME, course.release(NAME))
    SubmissionStore(load_course(root), NAME).record_failure(LONG, "the kernel did not start")
    folder = root / "submitted" / "s204538" / NAME
    folder.joinpath(*["d"] * 500).mkdir(parents=True)
    folder.chmod(0o444)     # so an ordinary user may list the folder, but not look at what is in it
    submitted = root / "submitted" / "s204539"
    submitted.mkdir()
    (submitted / NAME).symlink_to("/")
    victim = CLASS[sorted(GRADED)[0]]
    students = [guest(victim.email), *CLASS.values(), replace(guest(victim.full_name), moodle=999_002)]
    for platform, path in (("moodle", archives.worksheet(tmp_path / "moodle.csv", students=students)),
                           ("canvas", archives.canvas_gradebook(tmp_path / "canvas.csv", students=students))):
        code, lines, grades = export(root, platform, "--list", path)
        assert {student: grades[student] for student in GRADED} == {student: before[student] for student in GRADED}
        assert not grades[""], "the rows of the guest"
        assert code == 1
    assert [line for line in lines if LONG in line and "the kernel did not start" in line]
    folder.chmod(0o755)
