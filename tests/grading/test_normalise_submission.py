"""The normalised copy of a submission, the notes about changes, and submissions that cannot be normalised."""

import os
import tempfile
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory

from parity_grading import grade, normalise_submission, rebuild
from parity_grading.untrusted import paths_below, printable

NOTEBOOK = "unrolling.ipynb"


@pytest.fixture
def normalised(tmp_path):
    """A function that returns the names of the copy's files, and the notes, for a submission with these files."""
    def normalised(files: dict[str, str]) -> tuple[set[str], list[str]]:
        folder = tmp_path / "submitted" / "unrolling"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        notes = normalise_submission.normalise(folder, tmp_path / "copy", "unrolling")
        copied = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
        return {path.relative_to(tmp_path / "copy").as_posix() for path in copied}, notes
    return normalised


@pytest.mark.parametrize("name", [
    "unrolling (1).ipynb", "Unrolling-final.IPYNB", "unrolling.ipynb.txt", "work/mine.ipynb"])
def test_a_renamed_notebook_gets_its_name_back(normalised, name):
    assert normalised({name: "{}"}) == ({NOTEBOOK}, [f"{name} was used as {NOTEBOOK}"])


def test_copies_made_by_programs_are_not_taken_for_the_notebook(normalised):
    files, notes = normalised({
        f".ipynb_checkpoints/{NOTEBOOK}": "{}", f"__MACOSX/._{NOTEBOOK}": "", "mine.ipynb": "{}"})
    assert NOTEBOOK in files
    assert notes == [f"mine.ipynb was used as {NOTEBOOK}"]


@pytest.mark.parametrize("files", [{"a.ipynb": "{}", "b.ipynb": "{}"}, {"report.pdf": ""}])
def test_if_the_notebook_cannot_be_found_the_files_are_named(normalised, files):
    with pytest.raises(ValueError, match=r"unrolling\.ipynb is missing; there is (a\.ipynb, b\.ipynb|no notebook)"):
        normalised(files)


def test_links_are_left_out(normalised, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("x")
    (tmp_path / "submitted" / "unrolling").mkdir(parents=True)
    os.symlink(tmp_path / "secret", tmp_path / "submitted" / "unrolling" / "data")
    assert normalised({NOTEBOOK: "{}"}) == ({NOTEBOOK}, ["left out data, which is not a regular file"])


@pytest.mark.parametrize("link", ["ada", "ada/unrolling"])
def test_a_folder_that_is_a_link_is_not_followed(tmp_path, link):
    """It could lead to the work of another student, or to the whole disk."""
    place = tmp_path / "submitted" / link
    place.parent.mkdir(parents=True)
    place.symlink_to("/" if link == "ada/unrolling" else tmp_path / "other")
    (tmp_path / "other" / "unrolling").mkdir(parents=True)
    (tmp_path / "other" / "unrolling" / "unrolling.ipynb").write_text('{"cells": [{}]}')
    folder = tmp_path / "submitted" / "ada" / "unrolling"
    normalise_submission.fingerprint(folder)
    with pytest.raises(ValueError, match="its folder is a link to another folder"):
        normalise_submission.normalise(folder, tmp_path / "copy", "unrolling")
    with pytest.raises(ValueError, match="is a link, or its folder is one"):
        rebuild.read(folder / "unrolling.ipynb")


def test_submissions_may_be_on_another_disk(tmp_path):
    folder = tmp_path / "disk" / "ada" / "unrolling"
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_text("{}")
    os.symlink(tmp_path / "disk", tmp_path / "submitted")
    linked = tmp_path / "submitted" / "ada" / "unrolling"
    assert normalise_submission.normalise(linked, tmp_path / "copy", "unrolling") == []
    assert (tmp_path / "copy" / NOTEBOOK).is_file()


def test_files_that_are_too_large_are_refused(normalised, monkeypatch):
    monkeypatch.setattr(normalise_submission, "LARGEST", 10)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        normalised({NOTEBOOK: "{}", "data.csv": "1" * 20})


def test_too_many_files_are_refused_before_they_are_copied(normalised, tmp_path):
    with pytest.raises(ValueError, match="more than 5,000 files and folders"):
        normalised({NOTEBOOK: "{}"} | {f"d/{number}": "" for number in range(5000)})
    assert not (tmp_path / "copy").exists()


def test_what_lies_in_a_folder_that_cannot_be_entered_is_left_out():
    """Some archives keep a folder whose names can be listed, but whose files cannot be looked at."""
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name) / "closed"
        closed.mkdir()
        (closed / "one").touch()
        os.chmod(name, 0o755)
        closed.chmod(0o444)
        user = os.geteuid()
        if user == 0:       # whom nothing stops
            os.seteuid(4242)
        try:
            paths, digest = paths_below(Path(name)), normalise_submission.fingerprint(Path(name))
        finally:
            os.seteuid(user)
            closed.chmod(0o755)
    assert (paths, len(digest)) == ([closed], 64)


def test_a_file_that_cannot_be_read_has_a_fingerprint(tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("1")
    (tmp_path / "data.csv").chmod(0)
    monkeypatch.setattr("os.access", lambda path, mode: False)      # root can read every file
    assert len(normalise_submission.fingerprint(tmp_path)) == 64


@pytest.mark.parametrize(("time", "stays"), [
    ("yesterday", False), ("", False),
    ("2030-01-01 10:00:00 UTC" + " " * 300 + "or so", False),
    *((time, False) for time in ("12/11/2026 17:00", "18:30", "20 Nov 2026", "2030-01-01 10:30 ABC",
                                 "2030-01-01 10:30 +0100", "2030-01-01T10:30 CET")),
    *((time, True) for time in ("2030-01-01 10:00:00 UTC\n", "2030-01-01 10:00:00.5 Europe/Berlin", "2030-01-01 10:30",
                                "2030-01-01T10:30:00+01:00", "2030-01-01 10:30Z", "2030-01-01"))])
def test_a_time_that_cannot_be_read_is_set_aside(normalised, time, stays):
    files, notes = normalised({NOTEBOOK: "{}", "timestamp.txt": time})
    assert (len(files), "timestamp.txt" in files) == (2, stays)
    aside, = files - {NOTEBOOK}
    assert notes == [] if stays else [f"renamed timestamp.txt to {aside}, because nbgrader cannot read the time in it "
                                    "reliably; write it like 2026-11-21 12:00:00 UTC"]


def test_a_picture_that_is_added_to_an_answer_changes_what_was_read(tmp_path):
    app = mock.Mock(coursedir=CourseDirectory(root=str(tmp_path)))
    path = tmp_path / "autograded" / "ada" / "unrolling" / NOTEBOOK
    path.parent.mkdir(parents=True)
    seen = []
    for pictures in ({}, {"a.png": {"image/png": "iVBO"}}):
        cell = new_markdown_cell("![](attachment:a.png)", attachments=nbformat.from_dict(pictures),
                                 metadata=nbformat.from_dict({"nbgrader": {"grade_id": "words"}}))
        nbformat.write(new_notebook(cells=[cell]), path)
        seen.append(grade.graded_cells(app, "ada", "unrolling")["words"])
    assert seen[0] != seen[1]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.write_bytes(b"\xff\xfe")])
def test_the_formgrader_finds_no_time_that_it_cannot_read(tmp_path, make):
    """It would open a pipe and wait for ever, and for one unreadable time it lists nobody."""
    folder = tmp_path / "ada" / "unrolling"
    folder.mkdir(parents=True)
    make(folder / "timestamp.txt")
    app = mock.Mock(coursedir=CourseDirectory(root=str(tmp_path)))
    with mock.patch.object(grade, "read_results", side_effect=ValueError):      # there is no gradebook
        row = grade.grade_submission(app, folder, "unrolling", False)
    assert "renamed timestamp.txt to unreadable-time-" in row.notes[0]
    assert [path.name in row.notes[0] for path in folder.iterdir()] == [True]
    assert CourseDirectory().get_existing_timestamp(str(folder)) is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_the_fingerprint_changes_with_names_and_contents_and_is_bounded(tmp_path, monkeypatch):
    def fingerprint(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return normalise_submission.fingerprint(tmp_path)

    (tmp_path / "all").symlink_to("/")
    assert len({fingerprint(name, content) for name, content in (("a", b"1"), ("a", b"2"), ("b", b"2"))}) == 3
    monkeypatch.setattr(normalise_submission, "LARGEST", 50)
    assert fingerprint("a", b"1" * 100) == fingerprint("a", b"2" * 100)


def test_a_printable_text_is_one_line():
    assert printable("a\nb\x1b[2J\udcff é") == "a\ufffdb\ufffd[2J\ufffd é"
