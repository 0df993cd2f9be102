"""`parity collect`: a class of forty in every form of download, with the slips that students make."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import stat
import struct
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from parity_lib.teaching import archive, grade, placing, platforms, roster
from parity_lib.teaching import collect as collecting
from parity_lib.teaching.extension import extend
from parity_lib.teaching.platforms import tz
from tests.exercises import course
from tests.teaching import archives as made
from tests.teaching.archives import (
    ADA,
    ANNA,
    CLASS,
    EMMY,
    GRACE,
    KURT,
    LI,
    NA,
    NAME,
    OTHER_ANNA,
    SINEAD,
    SOFJA,
    canvas,
    moodle,
    notebook,
    worksheet,
    zipped,
)

WITHOUT = {KURT, SOFJA, "s204540"}      # a page, a file cut off, nothing


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return made.make_course(tmp_path_factory.mktemp("template") / "course")


@pytest.fixture
def root(template, tmp_path) -> Path:
    """A course with the class in its gradebook, in a folder of its own."""
    return shutil.copytree(template, tmp_path / "course")


def collect(root: Path, *arguments: str | Path) -> tuple[int, dict[str, str], str]:
    """The command's status, each student's line, and all that it said."""
    code, said = course.parity(root, "collect", NAME, *arguments)
    rows = {line.split()[0]: line[21:] for line in said.splitlines() if line.split()[:1] and line.split()[0] in CLASS}
    return code, rows, said


def states(rows: dict[str, str]) -> dict[str, str]:
    return {student: row[:9].strip() for student, row in rows.items()}


def placed(root: Path) -> dict[str, str]:
    """Whose notebook lies in whose place."""
    return {path.parent.parent.name: made.marked(path) for path in (root / "submitted").glob(f"*/{NAME}/{NAME}.ipynb")}


def folder(root: Path, student: str) -> Path:
    return root / "submitted" / student / NAME


def one(files: dict[str, bytes], tmp_path: Path, name: str = "one.zip") -> Path:
    return zipped(tmp_path / name, files)


def test_a_zone_that_was_forgotten_is_given_later(root, tmp_path):
    files = one(moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}), tmp_path)
    collect(root, files, "--from", "moodle", "--list", worksheet(tmp_path / "list.csv"))
    time = folder(root, ADA) / "timestamp.txt"
    assert time.read_text() == "2026-11-20 17:00:00 UTC\n"
    again = [files, "--from", "moodle", "--list", tmp_path / "list.csv", "--zone", "Europe/Berlin"]
    assert "the time: 2026-11-20 16:00:00 UTC" in collect(root, *again)[1][ADA]
    assert time.read_text() == "2026-11-20 16:00:00 UTC\n"
    assert states(collect(root, *again)[1])[ADA] == "kept"
    collect(root, files, "--from", "moodle")
    assert time.read_text() == "2026-11-20 16:00:00 UTC\n", "what no list tells is not forgotten"


def test_a_list_of_another_course_whose_names_fit_is_doubted(root, tmp_path):
    others = [dataclasses.replace(one, id=f"x{one.id}", email=f"x{one.email}") for one in CLASS.values()]
    code, _, said = collect(root, one(moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}), tmp_path), "--from", "moodle",
                            "--list", worksheet(tmp_path / "list.csv", students=others))
    assert code == 1
    assert "no id and no email in list.csv is one of the class" in said


# ---------------------------------------------------------------- the whole class

@pytest.mark.parametrize("form", ["new", "old", "flat", "folder", "nfd", "canvas", "canvas folder"])
def test_each_students_file_is_in_its_place(root, tmp_path, form):
    if form.startswith("canvas"):
        files, listing, platform = canvas(made.slips()), made.canvas_gradebook(tmp_path / "gradebook.csv"), "canvas"
    else:
        files = moodle(made.slips(), form if form in ("old", "flat") else "new")
        listing, platform = worksheet(tmp_path / "Grades.csv"), "moodle"
    files = made.nfd(files) if form == "nfd" else files
    download = (made.unpacked if "folder" in form else zipped)(tmp_path / "IRL 101-Unrolling-4711.zip", files)
    status, rows, said = collect(root, download, "--from", platform, "--list", listing, "--zone", "UTC")
    expected = {student: student for student in CLASS if student not in WITHOUT}
    if platform == "canvas":        # which numbers what was uploaded later higher
        expected[EMMY] = "emmy, the other one"
    assert placed(root) == expected, said
    assert status == 1
    assert {student for student, state in states(rows).items() if state == "nothing"} == WITHOUT
    assert len(rows) == 40
    assert "unrolling (1).ipynb was taken for unrolling.ipynb" in rows[ADA]
    assert "taken out of unrolling.zip" in rows[GRACE]
    assert "no notebook but .html" in rows[KURT]
    assert "cannot be read as one" in rows[SOFJA]
    assert "not taken: " in said
    assert "unrolling.pdf" in said
    assert len([line for line in said.splitlines() if line.startswith("left out: ")]) == 3
    times = {path.read_text() for path in root.glob("submitted/*/*/timestamp.txt")}
    assert times == ({"2026-11-20 17:00:00 UTC\n"} if platform == "moodle" else set())
    again = collect(root, download, "--from", platform, "--list", listing, "--zone", "UTC")
    assert set(states(again[1]).values()) == {"kept", "nothing"}
    assert again[2].count("left out: ") == 3


@pytest.mark.parametrize("platform", ["moodle", "canvas"])
def test_without_a_list_namesakes_are_left_and_nobody_else(root, tmp_path, platform):
    files = (moodle if platform == "moodle" else canvas)(made.slips())
    status, rows, said = collect(root, one(files, tmp_path), "--from", platform)
    there = placed(root)
    assert set(there) == set(CLASS) - WITHOUT - {ANNA, OTHER_ANNA}, said
    assert all(student == whose for student, whose in there.items() if student != EMMY)
    assert (status, states(rows)[ANNA]) == (1, "nothing")
    called = "Anna Müller" if platform == "moodle" else "mülleranna"
    assert f"2 students are called {called!r}: {ANNA}, {OTHER_ANNA}" in said
    assert not list(root.glob("submitted/*/*/timestamp.txt"))


def test_a_class_without_a_slip_needs_nobody(root, tmp_path):
    files = {(student, "unrolling.ipynb"): notebook(student) for student in CLASS}
    listing = worksheet(tmp_path / "Grades.csv")
    status, rows, said = collect(root, one(moodle(files), tmp_path), "--from", "moodle", "--list", listing, "--zone",
                                 "UTC")
    assert (status, len(placed(root)), set(states(rows).values())) == (0, 40, {"placed"})
    assert said.splitlines()[-1] == "40 students: 40 placed; 0 files left out, 0 not taken"


def test_a_pattern_as_nbgrader_has_it_and_ids_of_any_form(root, tmp_path):
    files = {f"{student}_20261120T1702_unrolling.ipynb": notebook(student) for student in CLASS}
    files[f"{ADA}_20261120T1755_unrolling (1).ipynb"] = notebook("ada, later")
    files[f"{EMMY.upper()}_20261122T1200_unrolling-1.ipynb"] = notebook("emmy, late and worse")
    files["s2o4512_20261120T1702_unrolling.ipynb"] = notebook("a mistyped id")
    download = one(files, tmp_path)
    chapters = r".*[/\\](?P<student_id>[a-zA-Z0-9]+)_(?P<timestamp>\d{8}T\d{4})_(?P<file_id>[a-z_]+)"
    for number, pattern in enumerate((chapters, r"(?P<student_id>[^_]+)_(?P<timestamp>[^_]+)_")):
        status, rows, said = collect(root, download, "--from", pattern)
        assert status == 1
        assert placed(root) == {student: student for student in CLASS} | {
            ADA: "ada, later", EMMY: "emmy, late and worse"}
        assert states(rows)[GRACE] == ("kept" if number else "placed")
        assert "taken for" not in rows[GRACE]
        assert "1 d 18 h late" in rows[EMMY]
        assert "left out: s2o4512_20261120T1702_unrolling.ipynb (one.zip): 's2o4512' is not the id of a student" in said
        assert "unrolling.ipynb was taken" in said.replace("unrolling (1).ipynb", "unrolling.ipynb")
        assert (folder(root, ADA) / "timestamp.txt").read_text() == "2026-11-20 17:55:00 UTC\n"
    assert not (root / "submitted" / "s2o4512").exists()


def test_the_last_on_time_and_an_extension(root, tmp_path):
    files = {f"{student}_{time}_unrolling.ipynb": notebook(f"{student} {time}")
             for student in (ADA, EMMY)
             for time in ("20261119T1200", "20261120T1800", "20261121T1200", "20261122T1201")}
    extend(grade.course(root), EMMY, NAME, 1)
    pattern = r"(?P<student_id>[^_]+)_(?P<timestamp>[^_]+)_"
    status, rows, said = collect(root, one(files, tmp_path), "--from", pattern, "--keep", "on-time")
    assert status == 0, said
    assert placed(root) == {ADA: f"{ADA} 20261120T1800", EMMY: f"{EMMY} 20261121T1200"}
    assert "the last that was on time" in rows[ADA]
    assert "late" not in rows[EMMY]
    collect(root, tmp_path / "one.zip", "--from", pattern)
    assert placed(root) == {student: f"{student} 20261122T1201" for student in (ADA, EMMY)}
    # One that is there stays, where it is on time and the new one is not.
    collect(root, tmp_path / "one.zip", "--from", pattern, "--keep", "on-time")
    later = one({f"{ADA}_20261130T1200_unrolling.ipynb": notebook("ada, ten days late")}, tmp_path, "later.zip")
    status, rows, said = collect(root, later, "--from", pattern, "--keep", "on-time")
    assert placed(root)[ADA] == f"{ADA} 20261120T1800"
    assert "not taken: " in said
    assert "the one that is there was taken" in said
    assert "not in this download" in rows[EMMY]


def test_canvas_says_late_but_not_by_how_much(root, tmp_path):
    early = one(canvas({(ADA, "unrolling.ipynb"): notebook("early")}), tmp_path, "early.zip")
    late = one(canvas({(ADA, "unrolling-1.ipynb"): notebook("late")}, late=(ADA,), first=99900), tmp_path, "late.zip")
    assert collect(root, early, "--from", "canvas")[0] == 0
    status, rows, _ = collect(root, late, "--from", "canvas", "--keep", "on-time")
    assert (status, placed(root)[ADA]) == (0, "early")
    status, rows, _ = collect(root, late, "--from", "canvas")
    assert (status, placed(root)[ADA]) == (1, "late")
    assert "by how much is not known" in rows[ADA]
    (folder(root, ADA) / "timestamp.txt").write_text("2026-11-21 12:00:00 UTC\n")
    assert collect(root, late, "--from", "canvas")[0] == 0
    assert placed(root)[ADA] == "late"


def test_two_downloads_and_one_list(root, tmp_path):
    """The list knows when the last hand-in came: no time is given to the one before."""
    listing = worksheet(tmp_path / "Grades.csv", {ADA: timedelta(days=2)})
    first = one(moodle({(ADA, "unrolling.ipynb"): notebook("first")}), tmp_path, "first.zip")
    second = one(moodle({(ADA, "unrolling.ipynb"): notebook("second")}), tmp_path, "second.zip")
    common = ("--from", "moodle", "--list", listing, "--zone", "UTC")
    text = listing.read_text(encoding="utf-8-sig")
    listing.write_text(text.replace("Submitted for grading", "Draft (not submitted)", 1), encoding="utf8")
    status, rows, said = collect(root, first, second, *common)
    assert (status, placed(root)) == (0, {ADA: "second"})
    assert "a draft that was not submitted" in rows[ADA]
    assert "2 d late" in rows[ADA]
    assert "not taken: " in said
    shutil.rmtree(folder(root, ADA))
    broken = one(moodle({(ADA, "unrolling.ipynb"): notebook("third")[:99]}), tmp_path, "third.zip")
    assert collect(root, first, broken, *common)[0] == 1
    assert placed(root) == {ADA: "first"}
    assert not (folder(root, ADA) / "timestamp.txt").exists()
    shutil.rmtree(folder(root, ADA))
    listing.write_text(listing.read_text(encoding="utf-8-sig").replace("Sunday, 22 November 2026, 06:00 PM", "-"),
                       encoding="utf8")
    assert "whether it was on time is not known" in collect(root, second, *common, "--keep", "on-time")[1][ADA]
    shutil.rmtree(folder(root, ADA))
    worksheet(listing, {ADA: timedelta(days=2)})
    early = worksheet(tmp_path / "early.csv")
    assert collect(root, first, "--from", "moodle", "--list", early, "--zone", "UTC")[0] == 0
    assert placed(root) == {ADA: "first"}
    _, rows, said = collect(root, second, *common, "--keep", "on-time")
    assert placed(root) == {ADA: "first"}, said
    assert (folder(root, ADA) / "timestamp.txt").read_text() == "2026-11-20 17:00:00 UTC\n"


# ---------------------------------------------------------------- what a person put there

def test_what_was_put_there_by_hand_stays_and_is_named(root, tmp_path):
    first = {(student, "unrolling.ipynb"): notebook(f"{student}, first") for student in (ADA, EMMY, GRACE, KURT)}
    folder(root, ADA).mkdir(parents=True)
    (folder(root, ADA) / "unrolling.ipynb").write_bytes(notebook("by mail"))
    folder(root, KURT).mkdir(parents=True)
    (folder(root, KURT) / "my work.ipynb").write_bytes(notebook("under another name"))
    status, rows, _ = collect(root, one(moodle(first), tmp_path), "--from", "moodle")
    assert (status, states(rows)[ADA], states(rows)[KURT]) == (1, "by hand", "by hand")
    assert f"--force {ADA}" in rows[ADA]
    assert placed(root) == {ADA: "by mail", EMMY: f"{EMMY}, first", GRACE: f"{GRACE}, first"}
    assert collect(root, tmp_path / "one.zip", "--from", "moodle")[0] == 0      # it was said
    (folder(root, EMMY) / "unrolling.ipynb").write_bytes(notebook("changed by hand"))
    (folder(root, GRACE) / "timestamp.txt").write_text("2026-11-20 17:00:00 UTC")
    second = {(student, "unrolling.ipynb"): notebook(f"{student}, second") for student in (ADA, EMMY, GRACE, LI)}
    download = one(moodle(second), tmp_path, "second.zip")
    before = sorted((path, path.read_bytes()) for path in root.rglob("*") if path.is_file() and path.suffix != ".db")
    status, rows, said = collect(root, download, "--from", "moodle", "--dry-run", "--force", GRACE)
    assert "nothing was written" in said
    assert before == sorted((path, path.read_bytes()) for path in root.rglob("*")
                            if path.is_file() and path.suffix != ".db")
    status, rows, _ = collect(root, download, "--from", "moodle", "--force", GRACE)
    assert status == 1
    assert {student: states(rows)[student] for student in (ADA, EMMY, GRACE, LI)} == {
        ADA: "by hand", EMMY: "by hand", GRACE: "updated", LI: "placed"}
    assert placed(root) == {ADA: "by mail", EMMY: "changed by hand", GRACE: f"{GRACE}, second", LI: f"{LI}, second"}
    assert "replaced what somebody had put there" in rows[GRACE]
    assert not (folder(root, GRACE) / "timestamp.txt").exists()
    (folder(root, LI) / "timestamp.txt").write_text("2026-11-30 17:00:00 UTC")
    timed = ("--from", "moodle", "--list", worksheet(tmp_path / "Grades.csv"), "--zone", "UTC")
    collect(root, download, *timed)
    assert (folder(root, LI) / "timestamp.txt").read_text() == "2026-11-30 17:00:00 UTC"
    collect(root, download, *timed, "--force", LI)
    assert (folder(root, LI) / "timestamp.txt").read_text() == "2026-11-20 17:00:00 UTC\n"


def test_a_later_download_replaces_what_was_collected_with_its_time(root, tmp_path):
    pattern = r"(?P<student_id>s\d+)(?:_(?P<timestamp>\d{8}T\d{4}))?_"
    collect(root, one({f"{ADA}_20261120T1702_unrolling.ipynb": notebook("first")}, tmp_path), "--from", pattern)
    untimed = one({f"{ADA}_unrolling.ipynb": notebook("second")}, tmp_path, "second.zip")
    status, rows, _ = collect(root, untimed, "--from", pattern)
    assert (status, states(rows)[ADA], placed(root)) == (0, "updated", {ADA: "second"})
    assert "2026-11-20 17:02:00 UTC, went with it" in rows[ADA]
    assert not (folder(root, ADA) / "timestamp.txt").exists()


def test_an_older_download_does_not_replace_a_newer_hand_in(root, tmp_path):
    pattern = r"(?P<student_id>s\d+)_(?P<timestamp>\d{8}T\d{4})_"
    new = one({f"{ADA}_20261120T1702_unrolling.ipynb": notebook("new")}, tmp_path, "new.zip")
    old = one({f"{ADA}_20261119T1702_unrolling.ipynb": notebook("old")}, tmp_path, "old.zip")
    collect(root, new, "--from", pattern)
    status, rows, said = collect(root, old, "--from", pattern)
    assert (status, states(rows)[ADA], placed(root)) == (0, "kept", {ADA: "new"})
    assert "not taken: " in said


def test_writing_that_was_cut_short_is_not_taken_for_a_persons(root, tmp_path, monkeypatch):
    collect(root, one(moodle({(ADA, "unrolling.ipynb"): notebook("first")}), tmp_path), "--from", "moodle")
    second = one(moodle({(ADA, "unrolling.ipynb"): notebook("second")}), tmp_path, "second.zip")
    app = grade.course(root)
    with monkeypatch.context() as patch:
        patch.setattr(placing, "_write", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            collecting.collect(app, NAME, [second], "moodle")
    assert placed(root) == {ADA: "first"}
    status, rows, _ = collect(root, second, "--from", "moodle")
    assert (status, states(rows)[ADA], placed(root)) == (0, "updated", {ADA: "second"})


def test_what_a_person_puts_back_is_a_persons(root, tmp_path):
    for mark in ("first", "second"):
        collect(root, one(moodle({(ADA, "unrolling.ipynb"): notebook(mark)}), tmp_path), "--from", "moodle")
    (folder(root, ADA) / "unrolling.ipynb").write_bytes(notebook("first"))
    status, rows, _ = collect(root, tmp_path / "one.zip", "--from", "moodle")
    assert (status, states(rows)[ADA], placed(root)) == (1, "by hand", {ADA: "first"})


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_in_submitted_is_not_written_through(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "submitted").mkdir()
    (root / "submitted" / ADA).symlink_to(outside)
    download = one(moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}), tmp_path)
    assert states(collect(root, download, "--from", "moodle")[1])[ADA] == "by hand"
    assert states(collect(root, download, "--from", "moodle", "--force", ADA)[1])[ADA] == "updated"
    assert not list(outside.iterdir())
    assert placed(root) == {ADA: ADA}


# ---------------------------------------------------------------- which of several

def test_of_several_notebooks_the_one_with_the_name(root, tmp_path):
    files = {(ADA, "unrolling.ipynb"): notebook(ADA), (ADA, "scratch.ipynb"): notebook("scratch"),
             (EMMY, "unrolling_a.ipynb"): notebook("a"), (EMMY, "unrolling_b.ipynb"): notebook("b"),
             (GRACE, "unrolling (1).ipynb"): notebook(GRACE), (GRACE, "unrolling (2).ipynb"): notebook(GRACE),
             (KURT, "work.zip"): made.a_zip({"a.ipynb": notebook("a"), "b.ipynb": notebook("b")}),
             (SOFJA, "work.zip"): made.a_zip({"notes.txt": b"", "inner.zip": made.a_zip({"unrolling.ipynb": b""})}),
             (ANNA, "unrolling.zip"): b"PK, but no zip", (SINEAD, "unrolling.7z"): b"7z",
             (LI, "unrolling.ipynb"): notebook("another exercise's", "varying_lengths"),
             (NA, "unrolling"): notebook("without an ending")}
    status, rows, said = collect(root, one(moodle(files), tmp_path), "--from", "moodle", "--list",
                                 worksheet(tmp_path / "Grades.csv"))
    assert (status, placed(root)) == (1, {ADA: ADA, GRACE: GRACE})
    for path, why in (("scratch.ipynb", "another notebook beside unrolling.ipynb"),
                      ("unrolling_a.ipynb", "cannot be told"), ("unrolling_b.ipynb", "cannot be told"),
                      ("unrolling (2).ipynb", "the same file again"), ("work.zip", "2 notebooks: a.ipynb, b.ipynb"),
                      ("Kowalewskaja_881235_assignsubmission_file/work.zip", "a zip without a notebook"),
                      ("Müller_881305_assignsubmission_file/unrolling.zip", "no zip"),
                      ("unrolling.7z", "an archive that is not opened"),
                      ("Li Na_881424", "of another exercise"), ("Na Li_881431", "a file without an ending")):
        assert [line for line in said.splitlines() if path in line and why in line], (path, why, said)
    assert "two notebooks of which one cannot be chosen" in rows[EMMY]


# ---------------------------------------------------------------- a stranger's archive

def test_paths_links_and_passwords_are_named_and_do_nothing(root, tmp_path):
    path = tmp_path / "bad.zip"
    name = "Ada Lovelace_881207_assignsubmission_file"
    with zipfile.ZipFile(path, "w") as bad:
        bad.writestr(f"../../{name}/unrolling.ipynb", notebook("up"))
        bad.writestr(f"/{name}/unrolling.ipynb", notebook("absolute"))
        bad.writestr(f"C:\\{name}\\unrolling.ipynb", notebook("absolute"))
        link = zipfile.ZipInfo(f"{name}/unrolling.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        bad.writestr(link, "/etc/passwd")
        bad.writestr(f"__MACOSX/{name}/._unrolling.ipynb", b"Mac")
        bad.writestr(f"{name}/.ipynb_checkpoints/unrolling-checkpoint.ipynb", notebook("older"))
        bad.writestr("somewhere/else.txt", b"")
    status, _, said = collect(root, path, "--from", "moodle")
    assert (status, placed(root)) == (1, {})
    assert said.count("a path that leads out of the archive") == 6      # three files, in their lines and in Ada's
    assert "it is a link" in said
    assert "2 files that macOS, Windows or Jupyter had added were passed over" in said
    assert "else.txt (bad.zip): its name has not Moodle's form" in said
    assert {one.name for one in tmp_path.iterdir()} == {"bad.zip", "course"}


def test_an_archive_that_swells_is_stopped(root, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1000)
    monkeypatch.setattr(archive, "LARGEST_ZIP", 900)
    files = moodle({(ADA, "unrolling.ipynb"): b" " * 10_000,
                    (EMMY, "unrolling.zip"): made.a_zip({"a.ipynb": b"0" * 2000}),
                    (GRACE, "unrolling.zip"): os.urandom(950)})
    status, _, said = collect(root, one(files, tmp_path), "--from", "moodle")
    assert (status, placed(root)) == (1, {})
    assert said.count("it is larger than 1,000 bytes") == 4
    assert "it is a zip larger than 900 bytes" in said
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    assert "of at most 2 files" in collect(root, tmp_path / "one.zip", "--from", "moodle")[2]
    assert "of at most 2 files" in collect(root, made.unpacked(tmp_path / "f", files), "--from", "moodle")[2]


def test_a_broken_entry_costs_that_entry(root, tmp_path):
    files = moodle({(ADA, "unrolling.ipynb"): notebook(ADA), (EMMY, "unrolling.ipynb"): notebook(EMMY)})
    path = one(files, tmp_path)
    data = bytearray(path.read_bytes())
    data[200:240] = b"\xff" * 40      # in the first file
    path.write_bytes(data)
    status, _, said = collect(root, path, "--from", "moodle")
    assert (status, placed(root)) == (1, {EMMY: EMMY})
    assert "cannot be read out of the archive" in said
    locked = bytearray(one(files, tmp_path).read_bytes())
    place = locked.index(b"PK\x01\x02")
    struct.pack_into("<H", locked, place + 8, struct.unpack_from("<H", locked, place + 8)[0] | 1)
    path.write_bytes(locked)
    assert "it is closed by a password" in collect(root, path, "--from", "moodle")[2]


def test_nobody_hands_in_for_another(root, tmp_path):
    """What a student calls a file may have the form of the platform's own names."""
    as_kurt = f"Kurt Gödel_{CLASS[KURT].moodle}_assignsubmission_file_unrolling.ipynb"
    for form in ("new", "flat"):
        files = moodle({(ADA, as_kurt): notebook(ADA)}, form)
        assert collect(root, one(files, tmp_path), "--from", "moodle")[0] == 0
        assert placed(root) == {ADA: ADA}
    shutil.rmtree(root / "submitted")
    files = canvas({(ADA, f"gödelkurt_{CLASS[KURT].canvas}_99000_unrolling.ipynb"): notebook(ADA)})
    assert collect(root, one(files, tmp_path), "--from", "canvas")[0] == 0
    assert placed(root) == {ADA: ADA}


def test_a_hand_in_that_was_replaced_by_something_else_is_named(root, tmp_path):
    """A platform's download has the last hand-in only: the notebook of before may not be meant any more."""
    collect(root, one(moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}), tmp_path), "--from", "moodle")
    printed = one(moodle({(ADA, "unrolling.pdf"): b"%PDF"}), tmp_path, "second.zip")
    status, rows, _ = collect(root, printed, "--from", "moodle")
    assert (status, states(rows)[ADA], placed(root)) == (1, "kept", {ADA: ADA})
    assert "unrolling.pdf: it is no notebook but .pdf" in rows[ADA]
    assert "not in this download" not in rows[ADA]


def test_names_in_odd_encodings(root, tmp_path):
    """UTF-8 without the flag that says so, and the backslashes of some programs of Windows."""
    path = one({"placeholder_881228_assignsubmission_file_unrolling.ipynb": notebook(KURT)}, tmp_path)
    data = path.read_bytes()
    wanted = "Kurt Gödel\\".encode()
    path.write_bytes(data.replace(b"placeholder", wanted[:-1]))
    assert len(wanted) - 1 == len(b"placeholder")
    status, _, said = collect(root, path, "--from", "moodle")
    assert (status, placed(root)) == (0, {KURT: KURT}), said
    path = one({"X/Ada Lovelace_881207_assignsubmission_file/unrolling.ipynb": notebook(ADA)}, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"X/Ada", b"X\\Ada").replace(b"file/unr", b"file\\unr"))
    assert collect(root, path, "--from", "moodle")[0] == 0
    assert set(placed(root)) == {ADA, KURT}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_with_links_and_pipes(root, tmp_path):
    name = "Ada Lovelace_881207_assignsubmission_file"
    place = made.unpacked(tmp_path / "download", {f"{name}/sub/notes.txt": b""})
    (tmp_path / "secret.ipynb").write_bytes(notebook("secret"))
    (place / name / "unrolling.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (place / "all").symlink_to(tmp_path)
    os.mkfifo(place / name / "unrolling (1).ipynb")
    status, _, said = collect(root, place, "--from", "moodle")
    assert (status, placed(root)) == (1, {})
    for words in ("it is a link", "it is no file", "all (download): "):
        assert words in said


def test_a_notebook_alone_is_a_download_too(root, tmp_path):
    for who, student in ((ADA, ADA), (CLASS[EMMY].email, EMMY)):
        path = tmp_path / f"{who}_unrolling.ipynb"
        path.write_bytes(notebook(student))
        assert collect(root, path, "--from", r"(?P<student_id>[^_]+)_")[0] == 0
    assert placed(root) == {ADA: ADA, EMMY: EMMY}


# ---------------------------------------------------------------- whose it is

def test_li_na_and_na_li_are_two(root, tmp_path):
    files = {(student, "unrolling.ipynb"): notebook(student) for student in (LI, NA)}
    assert collect(root, one(moodle(files), tmp_path), "--from", "moodle")[0] == 1     # nothing tells the order
    assert placed(root) == {}
    files[KURT, "unrolling.ipynb"] = notebook(KURT)
    assert collect(root, one(moodle(files), tmp_path), "--from", "moodle")[0] == 0
    assert placed(root) == {LI: LI, NA: NA, KURT: KURT}
    shutil.rmtree(root / "submitted")
    # A site that shows the family name first.
    reversed_ = {f"{CLASS[student].last_name} {CLASS[student].first_name}_{CLASS[student].moodle}"
                 "_assignsubmission_file_unrolling.ipynb": notebook(student) for student in (LI, NA, KURT)}
    assert collect(root, one(reversed_, tmp_path), "--from", "moodle")[0] == 0
    assert placed(root) == {LI: LI, NA: NA, KURT: KURT}


def test_a_stranger_in_the_list_with_a_students_name_is_not_the_student(root, tmp_path):
    stranger = f"{ADA}9"
    for before, after, why in (
            (f",{ADA},{ADA}@example.org", f",{stranger},", f"has {stranger} there, which is not {ADA}'s"),
            (f",{ADA},{ADA}@", f",,{stranger}@", f"'Ada Lovelace' has {stranger}@example.org there"),
            (f",{ADA},{ADA}@example.org", ",,", f"2 rows may be {ADA}, by the name 'Ada Lovelace' (in Grades.csv)")):
        listing = worksheet(tmp_path / "Grades.csv")
        own = listing.read_text(encoding="utf-8-sig").splitlines()[1]
        with listing.open("a", encoding="utf8") as file:
            file.write(own.replace(str(CLASS[ADA].moodle), "889999").replace(before, after) + "\n")
        files = moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}) | {
            "Ada Lovelace_889999_assignsubmission_file/unrolling.ipynb": notebook("a stranger's")}
        status, _, said = collect(root, one(files, tmp_path), "--from", "moodle", "--list", listing, "--zone", "UTC")
        assert (status, placed(root)) == (1, {ADA: ADA}), said
        assert why in said


def test_two_rows_with_one_students_name_and_no_id_are_nobodys(tmp_path):
    known = roster.Roster([roster.Person("s1", "Li", "Wang", "", "")])
    listing = tmp_path / "list.csv"
    listing.write_text("Identifier,Full name,ID number\nParticipant 7,Li Wang,71\nParticipant 8,Li Wang,72\n")
    known.read(listing, "moodle", tz.UTC)
    assert [entry.student for entry in known.entries.values()] == [None, None]
    assert "2 rows may be s1, by the name 'Li Wang'" in known.entries["8"].wrong


def test_a_name_that_reads_like_an_id_is_a_name():
    namesakes = roster.Roster([roster.Person(one, "Li", "Wang", "", "") for one in ("wangli", "wangli2")])
    by_canvas, by_pattern = (platforms.Sent("wangli", "unrolling.ipynb", number) for number in ("5302", ""))
    with pytest.raises(ValueError, match="2 students are called 'wangli'"):
        namesakes.find(by_canvas)
    assert namesakes.find(by_pattern)[0] == "wangli"
    another = roster.Roster([roster.Person("wangli", "Jo", "Doe", "", ""), roster.Person("lw", "Li", "Wang", "", "")])
    assert another.find(by_canvas)[0] == "lw"


def test_two_people_of_the_platform_are_not_one_student(root, tmp_path):
    files = canvas({(student, "unrolling.ipynb"): notebook(student) for student in (ADA, EMMY)})
    files["lovelaceada_9999_99990_unrolling.ipynb"] = notebook("of a namesake outside the course")
    status, rows, said = collect(root, one(files, tmp_path), "--from", "canvas")
    assert (status, placed(root), states(rows)[ADA]) == (1, {EMMY: EMMY}, "nothing")
    assert said.count(f"2 people of the platform are taken for {ADA}: {CLASS[ADA].canvas}, 9999; the platform's") == 4


def test_accents_that_were_lost_and_other_orders(root, tmp_path):
    names = {"Muller, Thomas": "s204517", "OCONNOR SINEAD": SINEAD, "van den Berg, Jan": "s204539",
             "Suharto": "s204531", "小明王": "s204524"}
    files = {f"{name}_{number}_assignsubmission_file/unrolling.ipynb": notebook(student)
             for number, (name, student) in enumerate(names.items())}
    files["Nobody Known_7_assignsubmission_file/unrolling.ipynb"] = notebook("nobody")
    status, _, said = collect(root, one(files, tmp_path), "--from", "moodle")
    assert placed(root) == {student: student for student in names.values()}, said
    assert status == 1
    assert "no student is called 'Nobody Known'" in said


def test_the_list_of_another_exercise_is_noticed(root, tmp_path):
    """Moodle numbers the hand-ins of each exercise anew."""
    listing = worksheet(tmp_path / "Grades.csv")
    listing.write_text(listing.read_text(encoding="utf-8-sig").replace("Participant 881207", "Participant 1").replace(
        "Participant 881214", "Participant 881207"), encoding="utf8")
    files = moodle({(student, "unrolling.ipynb"): notebook(student) for student in (ADA, EMMY)})
    status, _, said = collect(root, one(files, tmp_path), "--from", "moodle", "--list", listing)
    assert (status, placed(root)) == (1, {})
    assert "the list has 'Emmy Noether' as 881207, not 'Ada Lovelace': is it the list of another exercise?" in said
    assert "881214 of 'Emmy Noether' is not in the list" in said


@pytest.mark.parametrize(("separator", "encoding"), [(";", "cp1252"), ("\t", "utf-16")])
def test_a_list_that_a_spreadsheet_has_saved(root, tmp_path, separator, encoding):
    listing = worksheet(tmp_path / "Grades.csv", separator=separator, encoding=encoding)
    files = moodle({(student, "unrolling.ipynb"): notebook(student) for student in (ANNA, OTHER_ANNA)})
    assert collect(root, one(files, tmp_path), "--from", "moodle", "--list", listing)[0] == 0
    assert placed(root) == {ANNA: ANNA, OTHER_ANNA: OTHER_ANNA}


def test_a_list_with_a_long_online_text(tmp_path):
    listing = worksheet(tmp_path / "Grades.csv")
    listing.write_text(listing.read_text(encoding="utf-8-sig").replace("-,\n", f"-,{'word ' * 40_000}\n", 1),
                       encoding="utf8")
    known = roster.Roster([roster.Person(ADA, "Ada", "Lovelace", "", "")])
    known.read(listing, "moodle", tz.UTC)
    assert known.entries[str(CLASS[ADA].moodle)].student == ADA


def test_times_of_a_list_in_another_language_are_not_taken_and_the_rest_is(root, tmp_path):
    listing = worksheet(tmp_path / "Grades.csv")
    listing.write_text(listing.read_text(encoding="utf-8-sig").replace("Friday, 20 November", "Freitag, 20. November"),
                       encoding="utf8")
    files = moodle({(student, "unrolling.ipynb"): notebook(student) for student in (ANNA, OTHER_ANNA)})
    status, _, said = collect(root, one(files, tmp_path), "--from", "moodle", "--list", listing)
    assert (status, placed(root)) == (1, {ANNA: ANNA, OTHER_ANNA: OTHER_ANNA})
    assert "40 times in Grades.csv were not taken: a time must be one that can be read" in said
    assert "your Moodle profile to English" in said
    assert not list(root.glob("submitted/*/*/timestamp.txt"))


def test_a_list_without_ids_tells_by_names_what_names_can_tell(root, tmp_path):
    listing = worksheet(tmp_path / "Grades.csv")
    text = listing.read_text(encoding="utf-8-sig").replace("@example.org", "@elsewhere.org")
    rows = text.splitlines()
    listing.write_text("\n".join(",".join([*line.split(",")[:2], "", *line.split(",")[3:]]) for line in rows),
                       encoding="utf8")
    files = moodle({(student, "unrolling.ipynb"): notebook(student) for student in (ADA, ANNA, OTHER_ANNA)})
    status, _, said = collect(root, one(files, tmp_path), "--from", "moodle", "--list", listing, "--zone", "UTC")
    assert (status, placed(root)) == (1, {ADA: ADA})
    assert said.count(f"2 students are called 'Anna Müller': {ANNA}, {OTHER_ANNA} (in Grades.csv)") == 2


def test_blind_marking_needs_a_list_with_ids(root, tmp_path):
    files = {f"Participant_{CLASS[ADA].moodle}_assignsubmission_file/unrolling.ipynb": notebook(ADA),
             f"Participant_{CLASS[ADA].moodle}_assignsubmission_onlinetext/onlinetext.html": b"<p>"}
    listing = tmp_path / "blind.csv"
    listing.write_text(f"Identifier,Status,Grade\nParticipant {CLASS[ADA].moodle},Submitted,15\n")
    status, _, said = collect(root, one(files, tmp_path), "--from", "moodle", "--list", listing)
    assert (status, placed(root)) == (1, {})
    assert f"nothing in the row of 'Participant {CLASS[ADA].moodle}' is a student's id, email or name" in said
    assert "Moodle's onlinetext" in said


def test_canvas_without_files_anonymous_and_with_its_numbers(root, tmp_path):
    files = {"lovelaceada_5301_text.html": b"", "anon_x7Kf2_99121_unrolling.ipynb": notebook("anonymous"),
             "LATE_anon_x7Kf2_99121_unrolling.ipynb": notebook("anonymous"), "noetheremmy.ipynb": notebook("no number"),
             f"changedname_{CLASS[ANNA].canvas}_99001_unrolling.ipynb": notebook(ANNA)}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.find_student(ANNA).lms_user_id = str(CLASS[ANNA].canvas)
        book.db.commit()
    status, _, said = collect(root, one(files, tmp_path), "--from", "canvas")
    assert (status, placed(root)) == (1, {ANNA: ANNA})
    assert "Canvas's page of a text or a link" in said
    assert said.count("it is anonymous") == 2
    assert "has not Canvas's form" in said


def test_canvas_gradebook_with_two_columns_for_the_name(root, tmp_path):
    files = canvas({(student, "unrolling.ipynb"): notebook(student) for student in (ANNA, OTHER_ANNA, SINEAD)})
    listing = made.canvas_gradebook(tmp_path / "gradebook.csv", two_columns=True)
    status, _, said = collect(root, one(files, tmp_path), "--from", "canvas", "--list", listing)
    assert (status, "zone" in said) == (0, False)       # it has no times
    assert placed(root) == {student: student for student in (ANNA, OTHER_ANNA, SINEAD)}


def test_a_row_with_two_students_is_nobodys(tmp_path):
    people = [roster.Person("1001", "Ada", "L", "ada@example.org", ""), roster.Person("15", "Emmy", "N", "", "")]
    known = roster.Roster(people)
    listing = tmp_path / "list.csv"
    listing.write_text("Identifier,Full name,Email address,ID number,Grade\nParticipant 7,Ada L,ada@example.org,15,15\n"
                       "Participant 8,Ada L,ada@example.org,1001,15\n")
    known.read(listing, "moodle", tz.UTC)
    assert "more than one student: 1001, 15" in known.entries["7"].wrong
    assert known.entries["8"].student == "1001"      # 15 is a grade


# ---------------------------------------------------------------- arguments

def test_wrong_arguments_are_named(root, tmp_path):
    good = one(moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}), tmp_path)
    (tmp_path / "text.txt").write_text("no archive")
    (tmp_path / "list.csv").write_text("a,b\nc,d\n")
    (tmp_path / "empty.csv").write_text("")
    for arguments, message in (
            ((tmp_path / "text.txt", "--from", "moodle"), "ARCHIVE must be a zip file that is whole"),
            ((good, "--from", "canvas"), "none of the 1 files in one.zip has; Ada Lovelace_881207"),
            ((good, "--from", "("), "--from must be moodle, canvas or a regular expression, but '(' is none"),
            ((good, "--from", "(?P<id>.*)"), "with (?P<student_id>...), but it is"),
            ((good, "--from", "moodle", "--keep", "on-time"), "--keep must be last where nothing says when"),
            ((good, "--from", "moodle", "--zone", "Mars/Olympus"), "--zone must be the name of a time zone"),
            ((good, "--from", "moodle", "--force", "nobody"), "--force must be in the list of students"),
            ((good, "--from", "moodle", "--list", tmp_path / "list.csv"), "--list must be Moodle's grading"),
            ((good, "--from", "moodle", "--list", tmp_path / "empty.csv"), "--list must be a table with a heading")):
        status, _, said = collect(root, *arguments)
        assert (status, placed(root)) == (1, {})
        assert message in said, said
        assert len(said.splitlines()) == 1
    assert "Times in Grades.csv were taken for " in collect(
        root, good, "--from", "moodle", "--list", worksheet(tmp_path / "Grades.csv"))[2]


def test_a_course_that_is_not_ready_says_what_to_do(root, tmp_path):
    good = one(moodle({(ADA, "unrolling.ipynb"): notebook(ADA)}), tmp_path)
    said = course.parity(root, "collect", "unroling", good, "--from", "moodle")[1]
    assert "name must be an exercise in the gradebook (unrolling), but it is 'unroling'" in said
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.find_assignment(NAME).duedate = None
        book.db.commit()
        said = collect(root, good, "--from", "canvas", "--keep", "on-time")[2]
        assert "--keep must be last: unrolling has no due date" in said
        for student in list(CLASS):
            book.remove_student(student)
    assert "nbgrader db student import" in collect(root, good, "--from", "moodle")[2]
    (root / "private" / "collected").mkdir(exist_ok=True)
    (root / "private" / "collected" / "unrolling.json").write_text("{")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.add_student(ADA)
    assert "counts as put there by hand" in collect(root, good, "--from", "moodle")[2]


@pytest.mark.parametrize(("text", "utc"), [
    ("Friday, 20 November 2026, 5:02 PM", "2026-11-20 16:02"), ("20261120T1702", "2026-11-20 16:02"),
    ("2026-11-20-17-02-00", "2026-11-20 16:02"), ("2026-11-20T17:02:00Z", "2026-11-20 17:02"),
    ("2026-11-20 17:02:00 UTC", "2026-11-20 17:02"), ("2026-11-20 17:02:00 -0500", "2026-11-20 22:02"),
    ("2026-07-20 17:02", "2026-07-20 15:02")])
def test_times(text, utc):
    assert platforms.in_utc(text, tz.gettz("Europe/Berlin")) == datetime.strptime(utc, "%Y-%m-%d %H:%M")


@pytest.mark.parametrize("text", ["11/20/2026 5:02 PM", "20.11.2026 17:02", "Freitag", "99999999T9999", ""])
def test_times_that_can_be_read_in_two_ways_or_not_at_all(text):
    with pytest.raises(ValueError, match="a time must be"):
        platforms.in_utc(text, tz.UTC)


def test_what_is_remembered_is_closed_to_others_and_read_by_nbgrader(root, tmp_path):
    shutil.rmtree(root / "private")
    files = {f"{ADA}_20261120T1702_unrolling.ipynb": notebook(ADA)}
    collect(root, one(files, tmp_path), "--from", r"(?P<student_id>[^_]+)_(?P<timestamp>[^_]+)_")
    if os.name != "nt":
        assert stat.S_IMODE((root / "private").stat().st_mode) == 0o700
    record = json.loads((root / "private" / "collected" / "unrolling.json").read_text())
    assert list(record) == [ADA]
    assert CourseDirectory().get_existing_timestamp(str(folder(root, ADA))) == datetime(2026, 11, 20, 17, 2)
