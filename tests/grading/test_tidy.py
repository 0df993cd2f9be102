"""The normalised copy of a submission: what is changed, what is said about it, and what cannot be normalised."""

from __future__ import annotations

import os

import pytest

from parity_grading import normalise_submission


@pytest.fixture
def tidied(tmp_path):
    """A function that returns the names of the copy's files, and the notes, for a submission with these files."""
    def tidied(**files: str) -> tuple[set[str], list[str]]:
        folder = tmp_path / "submitted" / "unrolling"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        notes = list(normalise_submission.normalise(folder, tmp_path / "copy", ["unrolling"]))
        copied = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
        return {path.relative_to(tmp_path / "copy").as_posix() for path in copied}, notes
    return tidied


@pytest.mark.parametrize("name", [
    "unrolling (1).ipynb", "Unrolling-final.IPYNB", "unrolling.ipynb.txt", "work/mine.ipynb"])
def test_a_renamed_notebook_gets_its_name_back(tidied, name):
    assert tidied(**{name: "{}"}) == ({"unrolling.ipynb"}, [f"{name} was taken for unrolling.ipynb"])


def test_copies_that_programs_made_are_not_taken_for_the_work(tidied):
    files, notes = tidied(**{
        ".ipynb_checkpoints/unrolling.ipynb": "{}", "__MACOSX/._unrolling.ipynb": "", "mine.ipynb": "{}"})
    assert "unrolling.ipynb" in files
    assert notes == ["mine.ipynb was taken for unrolling.ipynb"]


@pytest.mark.parametrize("files", [{"a.ipynb": "{}", "b.ipynb": "{}"}, {"report.pdf": ""}])
def test_if_the_notebook_cannot_be_found_the_files_are_named(tidied, files):
    with pytest.raises(ValueError, match=r"unrolling\.ipynb is missing; there is (a\.ipynb, b\.ipynb|no notebook)"):
        tidied(**files)


def test_links_are_left_out(tidied, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("x")
    (tmp_path / "submitted" / "unrolling").mkdir(parents=True)
    os.symlink(tmp_path / "secret", tmp_path / "submitted" / "unrolling" / "data")
    assert tidied(**{"unrolling.ipynb": "{}"}) == ({"unrolling.ipynb"}, ["left out data, which is not a regular file"])


def test_submissions_may_lie_on_another_disk(tmp_path):
    folder = tmp_path / "disk" / "ada" / "unrolling"
    folder.mkdir(parents=True)
    (folder / "unrolling.ipynb").write_text("{}")
    os.symlink(tmp_path / "disk", tmp_path / "submitted")
    submission = tmp_path / "submitted" / "ada" / "unrolling"
    assert list(normalise_submission.normalise(submission, tmp_path / "copy", ["unrolling"])) == []
    assert (tmp_path / "copy" / "unrolling.ipynb").is_file()


def test_too_much_is_refused(tidied, monkeypatch):
    monkeypatch.setattr(normalise_submission, "LARGEST", 10)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        tidied(**{"unrolling.ipynb": "{}", "data.csv": "1" * 20})


@pytest.mark.parametrize("time", ["yesterday, I think", "2030-01-01 10:00:00 UTC" + " " * 300 + "or so", ""])
def test_a_time_that_cannot_be_read_is_left_out(tidied, time):
    files, notes = tidied(**{"unrolling.ipynb": "{}", "timestamp.txt": time})
    assert files == {"unrolling.ipynb"}
    assert notes == [f"left out the time {time[:40]!r}, which cannot be read"]


def test_a_time_that_can_be_read_is_kept(tidied):
    assert tidied(**{"unrolling.ipynb": "{}", "timestamp.txt": "2030-01-01 10:00:00 UTC\n"}) == (
        {"unrolling.ipynb", "timestamp.txt"}, [])


def test_the_fingerprint_changes_with_a_name_and_with_a_text(tmp_path):
    seen = set()
    for name, text in (("a", "1"), ("a", "2"), ("b", "2")):
        folder = tmp_path / f"{name}{text}"
        folder.mkdir()
        (folder / name).write_text(text)
        seen.add(normalise_submission.fingerprint(folder))
    assert len(seen) == 3


def test_a_printable_text_is_one_line():
    assert normalise_submission.printable("a\nb\x1b[2J\udcff é") == "a\ufffdb\ufffd[2J\ufffd é"
