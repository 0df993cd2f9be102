"""`parity collect`: the downloads of a class of forty, with mistakes and attacks; no submission is lost or mixed up."""

import contextlib
import os
import shutil
import stat
import struct
import time
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from nbgrader.api import Student
from nbgrader.coursedir import CourseDirectory

from parity_grading import collect as collecting
from parity_grading import platforms, submission_store
from parity_grading.course import course_lock, load_course
from parity_grading.platforms import Roster
from parity_grading.submission_store import SubmissionStore
from tests.exercises.course import parity
from tests.grading import archives, classroom
from tests.grading.archives import CLASS, NAME, canvas, moodle, notebook, worksheet, zip_bytes, zipped

ADA, EMMY, GRACE, KURT, SOFJA, ANNA, OTHER_ANNA, SINEAD, LI = archives.IDS
UNUSABLE = {KURT, SOFJA}        # a page instead of a notebook, and a notebook that is cut off
NOTEBOOK = f"{NAME}.ipynb"


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return archives.make_course(tmp_path_factory.mktemp("template") / "course")


@pytest.fixture
def root(template, tmp_path, monkeypatch) -> Path:
    """A course whose gradebook holds the class, on a machine in UTC."""
    set_zone(monkeypatch, "UTC")
    return shutil.copytree(template, tmp_path / "course")


def set_zone(monkeypatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    getattr(time, "tzset", lambda: None)()


def collect(root: Path, *arguments: str | Path) -> tuple[int, dict[str, str], str]:
    """Return the exit status of the command, the line of each student, and all of its output."""
    code, output = parity(root, "collect", NAME, *arguments)
    return code, {line[:20].strip(): line[21:] for line in output.splitlines() if line[:20].strip() in CLASS}, output


def placed(root: Path) -> dict[str, str]:
    """Return the mark of the notebook that is in each student's folder."""
    marks = {}
    for path in (root / "submitted").glob(f"*/{NAME}/{NOTEBOOK}"):
        marks[path.parent.parent.name] = archives.json.loads(path.read_text(encoding="utf8"))["metadata"]["of"]
    return marks


def folder(root: Path, student: str) -> Path:
    return root / "submitted" / student / NAME


def from_moodle(tmp_path: Path, files: dict[tuple[str, str], bytes], name: str = "moodle.zip"
                ) -> tuple[Path | str, ...]:
    """Return the arguments that collect these files from Moodle, with the worksheet of the class."""
    listing = tmp_path / "list.csv"
    return (zipped(tmp_path / name, moodle(files)), "--from", "moodle", "--list",
            listing if listing.is_file() else worksheet(listing))


def from_canvas(tmp_path: Path, files: dict[tuple[str, str], bytes], late=(), name="canvas.zip"
                ) -> tuple[Path | str, ...]:
    """Return the arguments that collect these files from Canvas, with the gradebook of the class."""
    return (zipped(tmp_path / name, canvas(files, late)), "--from", "canvas", "--list",
            archives.canvas_gradebook(tmp_path / "canvas.csv"))


# ---------------------------------------------------------------- the whole class

@pytest.mark.parametrize("form", ["new", "old", "flat", "canvas"])
def test_every_file_is_placed_or_listed_and_a_second_time_nothing_changes(root, tmp_path, form):
    platform = "canvas" if form == "canvas" else "moodle"
    if platform == "canvas":
        files, listing = canvas(archives.files_with_mistakes()), archives.canvas_gradebook(tmp_path / "list.csv")
    else:
        files = moodle(archives.files_with_mistakes(), {"old": "_/", "flat": "_"}.get(form, "/"))
        listing = worksheet(tmp_path / "list.csv")
    download = zipped(tmp_path / "download.zip", files)
    code, rows, output = collect(root, download, "--from", platform, "--list", listing)
    assert code == 1
    assert len(rows) == 40
    there = placed(root)
    assert there == {student: student for student in CLASS if student not in {*UNUSABLE, "s204540"}}, output
    assert {student for student, row in rows.items() if row.startswith("nothing")} == {*UNUSABLE, "s204540"}
    assert "unrolling (1).ipynb was used as unrolling.ipynb" in rows[ADA]
    assert "final version.ipynb was used as unrolling.ipynb" in rows["s204507"]
    assert "unrolling/unrolling.ipynb was taken out of unrolling.zip" in rows[GRACE]
    assert "it is not a notebook" in rows[KURT]
    assert "it cannot be read as JSON" in rows[SOFJA]
    listed = [line for line in output.splitlines() if line.startswith(("left out: ", "not needed: "))]
    assert len(listed) == len(files) - len(there)
    assert sum(line.startswith("left out: ") for line in listed) == 3
    times = {path.read_text() for path in root.glob("submitted/*/*/timestamp.txt")}
    assert times == ({"2026-11-20 17:00:00 UTC\n"} if platform == "moodle" else set())
    before = sorted((path, path.stat().st_mtime_ns) for path in root.glob("submitted/*/*/*"))
    app = load_course(root)
    SubmissionStore(app, NAME).record_failure(ADA, "no kernel")
    code, rows, _ = collect(root, download, "--from", platform, "--list", listing)
    assert (code, {row.split()[0] for row in rows.values()}) == (1, {"kept", "nothing"})
    assert SubmissionStore(app, NAME).failure(ADA) == "no kernel"
    assert before == sorted((path, path.stat().st_mtime_ns) for path in root.glob("submitted/*/*/*"))


# ---------------------------------------------------------------- which notebook counts

def test_canvas_tells_that_a_submission_is_late_but_not_by_how_much(root, tmp_path):
    late = from_canvas(tmp_path, {(ADA, "unrolling-1.ipynb"): notebook("late")}, late=(ADA,))
    code, rows, _ = collect(root, *late)
    assert (code, placed(root)[ADA]) == (1, "late")
    assert "it is not known by how much: write the time to timestamp.txt" in rows[ADA]
    (folder(root, ADA) / "timestamp.txt").write_text("2026-11-21 12:00:00 UTC\n")
    assert collect(root, *late)[0] == 0
    assert (folder(root, ADA) / "timestamp.txt").read_text() == "2026-11-21 12:00:00 UTC\n"


def test_several_files_of_one_student(root, tmp_path):
    other = notebook("another exercise's", "varying_lengths")
    files = {(ADA, NOTEBOOK): notebook(ADA), (ADA, "scratch.ipynb"): notebook("scratch"),
             (EMMY, "unrolling_a.ipynb"): notebook("a"), (EMMY, "unrolling_b.ipynb"): notebook("b"),
             (GRACE, "unrolling (1).ipynb"): notebook(GRACE), (GRACE, "unrolling (2).ipynb"): notebook(GRACE),
             (KURT, "work.zip"): zip_bytes({"a.ipynb": notebook("a"), "b.ipynb": notebook("b")}),
             (SOFJA, "work.zip"): zip_bytes({"inner.zip": zip_bytes({NOTEBOOK: notebook(SOFJA)})}),
             (ANNA, "unrolling.zip"): b"PK, but no zip", (SINEAD, "unrolling.7z"): b"7z", (LI, NOTEBOOK): other}
    code, _, output = collect(root, *from_moodle(tmp_path, files))
    assert (code, placed(root)) == (1, {ADA: ADA, GRACE: GRACE})
    lines = output.splitlines()
    for path, state, reason in (
            ("scratch.ipynb", "not needed", "unrolling.ipynb was used instead"),
            ("unrolling_a.ipynb", "left out", "it is not clear which"), ("unrolling_b.ipynb", "left out", "not clear"),
            ("unrolling (2).ipynb", "not needed", "unrolling (1).ipynb was used instead"),
            ("Gödel_881228_assignsubmission_file/work.zip", "left out", "holds 2: a.ipynb, b.ipynb"),
            ("Kowalewskaja_881235_assignsubmission_file/work.zip", "left out", "holds 0: none"),
            ("unrolling.zip", "left out", "it is damaged, or it is not a zip archive"),
            ("unrolling.7z", "left out", "it is not a notebook"), ("Li Na_881424", "left out", "of another exercise")):
        assert any(line.startswith(state) and path in line and reason in line for line in lines), (path, output)


def test_every_other_file_in_an_archive_of_a_student_is_listed_and_a_module_needs_attention(root, tmp_path):
    files = {NOTEBOOK: notebook(ADA), "helpers.py": b"x = 1", "data.csv": b"1"}
    code, _, output = collect(root, *from_moodle(tmp_path, {(ADA, "work.zip"): zip_bytes(files)}))
    assert (code, placed(root)) == (1, {ADA: ADA})
    for state, name in (("left out", "helpers.py"), ("not needed", "data.csv")):
        assert any(line.startswith(state) and f"work.zip/{name}: only {NOTEBOOK} was taken" in line
                   for line in output.splitlines()), output


# ---------------------------------------------------------------- files placed by hand

def test_a_file_placed_by_hand_stays(root, tmp_path):
    first = {(student, NOTEBOOK): notebook("first") for student in (ADA, EMMY, GRACE, KURT)}
    folder(root, ADA).mkdir(parents=True)
    (folder(root, ADA) / NOTEBOOK).write_bytes(notebook("by mail"))
    folder(root, KURT).mkdir(parents=True)
    (folder(root, KURT) / "my work.ipynb").write_bytes(notebook("under another name"))
    code, rows, _ = collect(root, *from_moodle(tmp_path, first))
    assert (code, rows[ADA][:7], rows[KURT][:7]) == (1, "by hand", "by hand")
    assert "delete your file and collect again" in rows[ADA]
    assert placed(root) == {ADA: "by mail", EMMY: "first", GRACE: "first"}
    (folder(root, EMMY) / NOTEBOOK).write_bytes(notebook("changed by hand"))
    (folder(root, GRACE) / "timestamp.txt").write_text("2026-11-19 17:00:00 UTC")
    (folder(root, ADA) / NOTEBOOK).unlink()
    second = from_moodle(tmp_path, {(student, NOTEBOOK): notebook("second") for student in (ADA, EMMY, GRACE, LI)})
    code, rows, _ = collect(root, *second)
    assert (code, placed(root)) == (1, {ADA: "second", EMMY: "changed by hand", GRACE: "first", LI: "second"})
    states = [rows[student][:7].strip() for student in (ADA, EMMY, GRACE, LI)]
    assert states == ["placed", "by hand", "by hand", "placed"]


@pytest.mark.parametrize("broken", ["the time is a folder", "the exercise is a file", "closed"])
def test_a_folder_that_cannot_be_used_stops_no_other_student(root, tmp_path, monkeypatch, broken):
    """Ada, who comes first, sent an archive by mail that was unpacked in her folder."""
    if broken == "the time is a folder":
        (folder(root, ADA) / "timestamp.txt").mkdir(parents=True)
    elif broken == "the exercise is a file":
        folder(root, ADA).parent.mkdir(parents=True)
        folder(root, ADA).touch()
    else:       # which root could enter all the same
        present = SubmissionStore.present
        monkeypatch.setattr(SubmissionStore, "present", lambda store, student: (
            os.stat(f"{root / 'nbgrader_config.py'}/{student}") if student == ADA else present(store, student)))
    files = {(student, NOTEBOOK): notebook(student) for student in (ADA, EMMY, LI)}
    code, rows, output = collect(root, *from_moodle(tmp_path, files))
    assert (code, placed(root)) == (1, {EMMY: EMMY, LI: LI})
    assert rows[ADA].startswith("failed   the student's folder cannot be used: [Errno ")
    assert "40 students: 2 placed, 37 nothing, 1 failed" in output


def test_a_later_download_replaces_a_collected_file_but_not_one_that_was_put_back(root, tmp_path):
    first = from_canvas(tmp_path, {(ADA, NOTEBOOK): notebook("first")}, name="first.zip")
    second = from_canvas(tmp_path, {(ADA, NOTEBOOK): notebook("second")}, name="second.zip")
    collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook("first")}))
    assert collect(root, *first)[1][ADA].startswith("kept")
    assert (folder(root, ADA) / "timestamp.txt").is_file(), "a time that is known is not forgotten"
    code, rows, _ = collect(root, *second)
    assert (code, rows[ADA][:7], placed(root)) == (0, "updated", {ADA: "second"})
    assert "its submission time is not known; that of the previous file was 2026-11-20 17:00:00 UTC" in rows[ADA]
    assert not (folder(root, ADA) / "timestamp.txt").exists()
    (folder(root, ADA) / NOTEBOOK).write_bytes(notebook("first"))       # by the instructor
    code, rows, _ = collect(root, *second)
    assert (code, placed(root)) == (1, {ADA: "first"})


def test_the_zone_of_the_times_can_be_corrected_later(root, tmp_path, monkeypatch):
    files = from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook(ADA)})
    assert "times were read as UTC" in collect(root, *files)[2]
    set_zone(monkeypatch, "Europe/Berlin")
    assert collect(root, *files)[1][ADA].startswith("updated")
    assert collect(root, *files)[1][ADA].startswith("kept")
    assert (folder(root, ADA) / "timestamp.txt").read_text() == "2026-11-20 16:00:00 UTC\n"


def test_an_unknown_time_zone_is_refused(root, tmp_path, monkeypatch):
    set_zone(monkeypatch, "Europe/Berln")
    code, _, output = collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook(ADA)}))
    assert (code, placed(root)) == (1, {})
    assert "TZ must be a time zone, such as Europe/Berlin, but it is 'Europe/Berln'" in output


def test_a_full_disk_leaves_a_notebook_with_its_own_time(root, tmp_path):
    collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook("first")}, "first.zip"))
    worksheet(tmp_path / "list.csv", {ADA: timedelta(days=1)})
    second = (zipped(tmp_path / "second.zip", moodle({(ADA, NOTEBOOK): notebook("second")})), "--from", "moodle",
              "--list", tmp_path / "list.csv")
    before = {path.name: path.read_bytes() for path in folder(root, ADA).iterdir()}
    for allowed in range(2):    # files: the notebook, the time
        effects = [*[mock.DEFAULT] * allowed, OSError(28, "No space left on device"), mock.DEFAULT]
        with mock.patch.object(submission_store, "write_file", wraps=submission_store.write_file, side_effect=effects):
            assert collect(root, *second)[1][ADA].startswith("failed")
        assert {path.name: path.read_bytes() for path in folder(root, ADA).iterdir()} == before
    assert collect(root, *second)[1][ADA].startswith("updated")


def test_an_interruption_loses_nothing(root, tmp_path):
    collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook("first")}, "first.zip"))
    second = from_moodle(tmp_path, {(student, NOTEBOOK): notebook("second") for student in (ADA, EMMY)})
    for before in range(3):     # of the notebook, of the time, of the record
        effects = [*[mock.DEFAULT] * before, KeyboardInterrupt]
        with mock.patch.object(submission_store, "write_file", wraps=submission_store.write_file, side_effect=effects):
            assert collect(root, *second)[0] == 1
        assert placed(root)[ADA] in ("first", "second")
    code, rows, _ = collect(root, *second)
    assert placed(root) == {ADA: "second", EMMY: "second"}
    assert (code, rows[ADA].split()[0]) == (0, "kept")


# ---------------------------------------------------------------- hostile and damaged archives

def test_unsafe_paths_lead_nowhere_and_encrypted_files_are_left_out(root, tmp_path):
    path, name = tmp_path / "bad.zip", "Ada Lovelace_881207_assignsubmission_file"
    data = bytearray(zip_bytes({f"../../{name}/{NOTEBOOK}": notebook(ADA), f"__MACOSX/{name}/._unrolling.ipynb": b"Mac",
                                "somewhere/else.txt": b""}))
    path.write_bytes(data)
    arguments = (path, "--from", "moodle", "--list", worksheet(tmp_path / "list.csv"))
    code, _, output = collect(root, *arguments)
    assert (code, placed(root)) == (1, {ADA: ADA})
    assert "its name does not have Moodle's form" in output
    assert {entry.name for entry in tmp_path.iterdir()} == {"bad.zip", "course", "list.csv"}
    data = bytearray(zip_bytes(moodle({(EMMY, NOTEBOOK): notebook(EMMY)})))
    flags = data.index(b"PK\x01\x02") + 8
    struct.pack_into("<H", data, flags, struct.unpack_from("<H", data, flags)[0] | 1)
    path.write_bytes(data)
    assert "is encrypted" in collect(root, *arguments)[2]
    assert placed(root) == {ADA: ADA}


def test_an_archive_that_expands_too_far_is_stopped(root, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_BYTES", 1000)
    files = {(ADA, NOTEBOOK): b" " * 10_000, (EMMY, "unrolling.zip"): zip_bytes({"a.ipynb": b"0" * 2000})}
    code, _, output = collect(root, *from_moodle(tmp_path, files))
    assert (code, placed(root)) == (1, {})
    assert sum(line.startswith("left out") and "larger than 1,000 bytes" in line for line in output.splitlines()) == 2


def test_an_archive_costs_little_memory_whatever_it_says(root, tmp_path):
    """An entry of a directory that repeats itself is a few bits long in the download, and a kilobyte in memory."""
    one = zip_bytes({"a.ipynb": b"1"})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entries = one[start:end] * 300_000
    directory = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(entries), start, 0)
    values = b'{"cells": [' + b"[]," * 6_000_000 + b"[]]}"
    archive = one[:start] + entries + directory
    arguments = from_moodle(tmp_path, {(ADA, "unrolling.zip"): archive, (EMMY, NOTEBOOK): values})
    assert arguments[0].stat().st_size < 200_000
    tracemalloc.start()
    code, _, output = collect(root, *arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (code, placed(root)) == (1, {})
    assert "a zip archive of more than 1,000 files" in output
    assert "it holds more than 8,000,000 values" in output
    assert peak < 300e6


# ---------------------------------------------------------------- the owner of a file

def test_nobody_can_submit_for_somebody_else(root, tmp_path):
    """The names of files, and in Canvas those of students, can imitate the platform's own names."""
    as_kurt = f"Kurt Gödel_{CLASS[KURT].moodle}_assignsubmission_file_{NOTEBOOK}"
    assert collect(root, *from_moodle(tmp_path, {(ADA, as_kurt): notebook(ADA)}))[0] == 0
    assert placed(root) == {ADA: ADA}
    as_kurt = f"gödelkurt_{CLASS[KURT].canvas}_99000_{NOTEBOOK}"
    code, _, output = collect(root, *from_canvas(tmp_path, {(ADA, as_kurt): notebook("through Canvas")}))
    assert (code, placed(root)) == (1, {ADA: ADA})
    assert "its name can be read in more than one way" in output


def test_a_name_in_moodle_that_contains_the_form_of_two_students_belongs_to_neither(root, tmp_path):
    """Without folders, Ada may have called her file so, or Kurt himself."""
    as_kurt = f"x_{CLASS[KURT].moodle}_assignsubmission_file_{NOTEBOOK}"
    arguments = from_moodle(tmp_path, {})
    zipped(arguments[0], moodle({(ADA, as_kurt): notebook("?"), (EMMY, NOTEBOOK): notebook(EMMY)}, "_"))
    code, _, output = collect(root, *arguments)
    assert (code, placed(root)) == (1, {EMMY: EMMY})
    assert f"{as_kurt}: its name can be read in more than one way" in output


def test_only_the_outermost_folder_in_moodle_decides_whose_file_it_is(root, tmp_path):
    """Moodle leaves nothing of Emmy's name, and she has handed in folders with the names of others."""
    arguments = from_moodle(tmp_path, {})
    own, as_kurt = (f"{name}_{CLASS[student].moodle}_assignsubmission_file" for name, student in (
        ("", EMMY), ("Kurt Gödel", KURT)))
    for outer, owners in ((own, {EMMY: "forged"}), ("x_y_assignsubmission_file", {})):
        shutil.rmtree(root / "submitted", ignore_errors=True)
        zipped(arguments[0], {f"{outer}/{as_kurt}/{NOTEBOOK}": notebook("forged"),
                              **moodle({(ADA, NOTEBOOK): notebook(ADA)})})
        collect(root, *arguments)
        assert placed(root) == owners | {ADA: ADA}


@pytest.mark.parametrize(("name", "reason"), [
    # Emmy has chosen such a name for herself, and so has a student who is not in the list.
    (f"gödelkurt_{CLASS[KURT].canvas}_99000_x_{CLASS[EMMY].canvas}_99001_{NOTEBOOK}", "read in more than one way"),
    (f"gödelkurt_{CLASS[KURT].canvas}_99999_x_6001_99001_{NOTEBOOK}", "read in more than one way"),
    (f"noetheremmy_{CLASS[KURT].canvas}_99001_{NOTEBOOK}",
     f"names 'noetheremmy', but number {CLASS[KURT].canvas} is 'Gödel, Kurt'")])
def test_a_number_in_canvas_counts_with_the_name_only(root, tmp_path, name, reason):
    arguments = from_canvas(tmp_path, {})
    zipped(arguments[0], {name: notebook("forged")} | canvas({(ADA, "hw_1_2_final.ipynb"): notebook(ADA)}))
    code, _, output = collect(root, *arguments)
    assert (code, placed(root)) == (1, {ADA: ADA})
    assert reason in output


def test_the_list_of_another_exercise_or_course_is_noticed(root, tmp_path):
    files = {(student, NOTEBOOK): notebook(student) for student in (ADA, EMMY)}
    worksheet(tmp_path / "list.csv", students=[replace(CLASS[ADA], moodle=1), CLASS[EMMY]])
    code, _, output = collect(root, *from_moodle(tmp_path, files))
    assert (code, placed(root)) == (1, {EMMY: EMMY})
    assert "881207 of 'Ada Lovelace' is not in the list; is it the list of this exercise?" in output
    others = [replace(student, id=f"x{student.id}", email=f"x{student.email}") for student in CLASS.values()]
    worksheet(tmp_path / "list.csv", students=others)
    code, _, output = collect(root, *from_moodle(tmp_path, files))
    assert (code, placed(root)) == (1, {EMMY: EMMY})
    assert "No id and no email address in list.csv is in the gradebook" in output


def test_only_an_id_or_an_email_address_in_the_list_decides(root, tmp_path):
    namesake = replace(CLASS[ADA], id="s999999", email="s999999@example.org", moodle=889999)
    nameless = replace(CLASS[EMMY], id="", email="")
    files = moodle({(student, NOTEBOOK): notebook(student) for student in (ADA, EMMY)})
    files[f"Ada Lovelace_889999_assignsubmission_file/{NOTEBOOK}"] = notebook("a namesake's")
    listing = worksheet(tmp_path / "list.csv", students=[CLASS[ADA], namesake, nameless])
    code, _, output = collect(root, zipped(tmp_path / "all.zip", files), "--from", "moodle", "--list", listing)
    assert (code, placed(root)) == (1, {ADA: ADA})
    for name in ("Ada Lovelace", "Emmy Noether"):
        assert f"no student has an id or email address of {name!r} in list.csv" in output


def test_a_row_with_two_students_and_a_grade_that_looks_like_an_id(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Identifier,Full name,Email address,ID number,Grade\nParticipant 7,Ada,ada@example.org,15,15\n"
                    "Participant 8,Ada,ada@example.org,1001,15\nParticipant 9,Ann,ada@example.org,,15\n"
                    "Participant 10,Emmy,emmy@example.org,,15\n")
    people = [Student(id="1001", email="ada@example.org"), Student(id="15"), Student(id="3", email="emmy@example.org")]
    roster = Roster(people, platforms.PLATFORMS["moodle"].read_list(path)[1], "list.csv")
    assert roster.owners == {"10": "3"}
    assert "2 students have an id or email address of 'Ada'" in roster.problems["7"]
    for number in ("8", "9"):       # neither is believed, and both are named
        assert "2 rows of list.csv have an id or email address of 1001: 'Ada' (row 3), 'Ann' (row 4)" in (
            roster.problems[number])


HEADING = "Identifier,Full name,ID number,Grade,Online text\n"


@pytest.mark.parametrize("rows", [
    r"""
"Participant 7","Ada \"",ada,,
"Participant 8",Emmy,emmy,,"a \""
""", r"""
"Participant 7",Ada,ada,,"x \",y
Participant 8,Mallory,mallory,,"
"Participant 8","Emmy \"N",emmy,,
"""], ids=["a name", "a text"])
def test_a_quotation_mark_after_a_backslash_in_moodles_list_moves_no_cell(tmp_path, rows):
    """PHP does not double it. The text contains what looks like another student's row."""
    path = tmp_path / "list.csv"
    path.write_text(HEADING + rows.lstrip())
    people = [Student(id=name) for name in ("ada", "emmy", "mallory")]
    roster = Roster(people, platforms.PLATFORMS["moodle"].read_list(path)[1], "list.csv")
    assert roster.owners == {"7": "ada", "8": "emmy"}


@pytest.mark.parametrize("source", ["moodle", "canvas"])
def test_a_list_in_which_the_end_of_a_cell_is_uncertain_is_refused(tmp_path, source):
    path = tmp_path / "list.csv"
    heading = HEADING if source == "moodle" else "Student,ID,SIS User ID,SIS Login ID,Section\n"
    path.write_text(heading + r"""Participant 7,7,ada,,
"Dan\",8,dan,,
"Eve, E.",9,eve,,
""")
    with pytest.raises(ValueError, match=r"list.csv cannot be read below its row 'Participant 7, 7'.* a backslash"
                       ) if source == "moodle" else contextlib.nullcontext():
        rows, _ = platforms.PLATFORMS[source].read_list(path)
        assert rows[2][:3] == ["Dan\\", "8", "dan"]


def test_nothing_is_collected_while_another_command_grades(root, tmp_path):
    with course_lock(load_course(root)):
        code, _, output = collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook(ADA)}))
    assert (code, placed(root)) == (1, {})
    assert "another command is collecting or grading in this course" in output


@pytest.mark.parametrize(("list_of", "source"), [(worksheet, "moodle"), (archives.canvas_gradebook, "canvas")])
def test_a_name_that_is_the_address_of_a_student_belongs_to_nobody(tmp_path, list_of, source):
    """A guest, whose row comes first, has chosen another student's address as a name."""
    guest = replace(CLASS[EMMY], id="", email="", first_name=CLASS[ADA].email, last_name="", moodle=1, canvas=1)
    listed = platforms.PLATFORMS[source].read_list(list_of(tmp_path / "list.csv", students=[guest, CLASS[ADA]]))[1]
    roster = Roster([Student(id=ADA, email=CLASS[ADA].email)], listed, "list.csv")
    assert list(roster.owners.values()) == [ADA]
    assert "no student has an id" in roster.problems["1"]


def test_times_in_another_language_are_named_and_the_files_are_collected(root, tmp_path):
    listing = worksheet(tmp_path / "list.csv")
    text = listing.read_text(encoding="utf-8-sig").replace("Friday, 20 November", "Freitag, 20. November")
    for content in (text, text.replace("Last modified (submission)", "Zuletzt geändert (Abgabe)")):
        listing.write_text(content, encoding="utf8")
        code, _, output = collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook(ADA)}))
        assert (code, placed(root)) == (1, {ADA: ADA})
        assert "40 times cannot be read" in output
        assert not (folder(root, ADA) / "timestamp.txt").exists()


def test_files_that_are_not_uploads_and_anonymous_ones_are_listed(root, tmp_path):
    arguments = from_canvas(tmp_path, {(EMMY, NOTEBOOK): notebook(EMMY)})
    zipped(arguments[0], {"lovelaceada_5301_text.html": b"", f"anon_x7Kf2_99121_{NOTEBOOK}": notebook("anonymous"),
                          **canvas({(EMMY, NOTEBOOK): notebook(EMMY)})})
    code, _, output = collect(root, *arguments)
    assert (code, placed(root), output.count("its name does not have Canvas's form")) == (1, {EMMY: EMMY}, 2)
    arguments = from_moodle(tmp_path, {})
    zipped(arguments[0], {"Ada Lovelace_881207_assignsubmission_onlinetext/onlinetext.html": b"<p>",
                          **moodle({(EMMY, NOTEBOOK): notebook(EMMY)})})
    code, _, output = collect(root, *arguments)
    assert (code, "but Moodle's onlinetext" in output) == (1, True)


# ---------------------------------------------------------------- arguments and times

def test_wrong_arguments_are_explained(root, tmp_path):
    good = zipped(tmp_path / "moodle.zip", moodle({(ADA, NOTEBOOK): notebook(ADA)}))
    listed = ("--list", worksheet(tmp_path / "list.csv"))
    (tmp_path / "text.txt").write_text("no archive")
    (tmp_path / "other.csv").write_text("a,b\nc,d\n")
    for arguments, message in (
            ((tmp_path / "text.txt", "--from", "moodle", *listed), "ARCHIVE must be a zip archive, but text.txt"),
            ((good, "--from", "canvas", "--list", archives.canvas_gradebook(tmp_path / "canvas.csv")),
             "none of its 1 files has a name of that form; Ada Lovelace_881207"),
            ((good, "--from", "moodle", "--list", tmp_path / "other.csv"), "--list must be Moodle's")):
        code, _, output = collect(root, *arguments)
        assert (code, placed(root), len(output.splitlines())) == (1, {}, 1)
        assert message in output, output
    with classroom.opened(root) as book:
        for student in CLASS:
            book.remove_student(student)
    assert "nbgrader db student import" in collect(root, good, "--from", "moodle", *listed)[2]
    (root / "private" / "collected").mkdir()
    (root / "private" / "collected" / "unrolling.json").write_text("{")
    assert "count as placed by hand" in collect(root, good, "--from", "moodle", *listed)[2]


@pytest.mark.parametrize(("text", "utc"), [
    ("Friday, 20 November 2026, 5:02 PM", "2026-11-20 16:02"), ("2026-11-20T17:02:00Z", "2026-11-20 17:02"),
    ("2026-11-20 17:02:00 -0500", "2026-11-20 22:02"), ("2026-07-20 17:02", "2026-07-20 15:02"),
    ("11/20/2026 5:02 PM", ""), ("20.11.2026 17:02", ""), ("Freitag", ""), ("17:02", ""), ("2026-11-20 17:02 QQT", "")])
def test_times_are_read_in_their_zone_and_ambiguous_or_unreadable_ones_are_refused(monkeypatch, text, utc):
    set_zone(monkeypatch, "Europe/Berlin")
    with contextlib.nullcontext() if utc else pytest.raises(ValueError, match="a time must be"):
        assert platforms.parse_time(text) == datetime.strptime(utc, "%Y-%m-%d %H:%M")


def test_the_record_is_private_and_nbgrader_reads_the_time(root, tmp_path):
    worksheet(tmp_path / "list.csv", {ADA: timedelta(days=2, minutes=-1)})
    collect(root, *from_moodle(tmp_path, {(ADA, NOTEBOOK): notebook(ADA)}))
    assert os.name == "nt" or stat.S_IMODE((root / "private").stat().st_mode) == 0o700
    assert CourseDirectory().get_existing_timestamp(str(folder(root, ADA))) == datetime(2026, 11, 22, 17, 59)
