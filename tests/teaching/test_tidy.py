"""What is put in order in the copy of a hand-in, what is said of it, and what cannot be put in order."""

from __future__ import annotations

import os

import pytest

from parity_lib.teaching import tidy


@pytest.fixture
def tidied(tmp_path):
    """A function: the names of the copy's files and what was said, for a hand-in with these files."""
    def do(**files: str) -> tuple[set[str], list[str]]:
        folder = tmp_path / "submitted" / "unrolling"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        copy = tmp_path / "copy"
        said = list(tidy.tidy(folder, copy, ["unrolling"]))
        return {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}, said
    return do


@pytest.mark.parametrize("name", [
    "unrolling (1).ipynb", "Unrolling-final.IPYNB", "unrolling.ipynb.txt", "work/mine.ipynb"])
def test_a_renamed_notebook_gets_its_name_back(tidied, name):
    files, said = tidied(**{name: "{}"})
    assert files == {"unrolling.ipynb"}
    assert said == [f"{name} was taken for unrolling.ipynb"]


def test_what_was_not_made_by_the_student_is_not_taken_for_the_work(tidied):
    files, _ = tidied(**{
        ".ipynb_checkpoints/unrolling.ipynb": "{}", "__MACOSX/._unrolling.ipynb": "", "mine.ipynb": "{}"})
    assert "unrolling.ipynb" in files


@pytest.mark.parametrize("files", [{"a.ipynb": "{}", "b.ipynb": "{}"}, {"report.pdf": ""}])
def test_where_it_cannot_be_told_which_file_is_meant_what_is_there_is_named(tidied, files):
    with pytest.raises(ValueError, match=r"unrolling\.ipynb is missing; there is (a\.ipynb, b\.ipynb|no notebook)"):
        tidied(**files)


def test_links_are_left_out(tidied, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("x")
    (tmp_path / "submitted" / "unrolling").mkdir(parents=True)
    os.symlink(tmp_path / "secret", tmp_path / "submitted" / "unrolling" / "data")
    files, said = tidied(**{"unrolling.ipynb": "{}"})
    assert files == {"unrolling.ipynb"}
    assert said == ["left out data, which is no file of its own"]


def test_hand_ins_may_lie_on_another_disk(tmp_path):
    folder = tmp_path / "disk" / "ada" / "unrolling"
    folder.mkdir(parents=True)
    (folder / "unrolling.ipynb").write_text("{}")
    os.symlink(tmp_path / "disk", tmp_path / "submitted")
    assert list(tidy.tidy(tmp_path / "submitted" / "ada" / "unrolling", tmp_path / "copy", ["unrolling"])) == []
    assert (tmp_path / "copy" / "unrolling.ipynb").is_file()


def test_too_much_is_refused(tidied, monkeypatch):
    monkeypatch.setattr(tidy, "LARGEST", 10)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        tidied(**{"unrolling.ipynb": "{}", "data.csv": "1" * 20})


def test_a_time_that_cannot_be_read_is_left_out(tidied):
    files, said = tidied(**{"unrolling.ipynb": "{}", "timestamp.txt": "yesterday, I think"})
    assert files == {"unrolling.ipynb"}
    assert said == ["left out the time 'yesterday, I think', which cannot be read"]


def test_a_time_that_can_be_read_is_kept(tidied):
    files, said = tidied(**{"unrolling.ipynb": "{}", "timestamp.txt": "2030-01-01 10:00:00 UTC"})
    assert (files, said) == ({"unrolling.ipynb", "timestamp.txt"}, [])


def test_the_fingerprint_changes_with_a_name_and_with_a_text(tmp_path):
    seen = set()
    for name, text in (("a", "1"), ("a", "2"), ("b", "2")):
        folder = tmp_path / f"{name}{text}"
        folder.mkdir()
        (folder / name).write_text(text)
        seen.add(tidy.fingerprint(folder))
    assert len(seen) == 3
