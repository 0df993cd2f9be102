"""`nbgrader collect` takes regular files from a shared exchange, and times and owners from the file system."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.utils import parse_utc

from parity_grading import exchange
from tests.exercises import course
from tests.grading import archives

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nbgrader's exchange needs the file modes of POSIX")
NAME = archives.NAME
OWN = getpass.getuser()


@pytest.fixture
def root(tmp_path) -> Path:
    """A course with a secret and an exchange."""
    root = archives.make_course(tmp_path / "course")
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write(f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    (tmp_path / "exchange" / "one-bit-of-memory" / "inbound").mkdir(parents=True)
    (root / "secret").write_text("secret")
    return root


def hand_in(root: Path, student: str, written: str = "2020-01-01 00:00:00.000000 UTC", files: str = "notebook") -> Path:
    """Hand in a notebook, with a time that the student has written, as `nbgrader submit` would."""
    folder = root.parent / "exchange" / "one-bit-of-memory" / "inbound" / f"{student}+{NAME}+{written}+x"
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_text(files)
    (folder / "timestamp.txt").write_text(written)
    return folder


def collect(root: Path, *options: str) -> tuple[str, dict[str, str]]:
    """Run the command; return what it prints, and the files in submitted/."""
    done = subprocess.run([sys.executable, "-m", "nbgrader", "collect", NAME, *options], cwd=root, text=True,
                          env=course.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout, {path.relative_to(root / "submitted").as_posix(): path.read_text()
                         for path in (root / "submitted").rglob("*") if path.is_file()}


def test_links_are_not_followed_and_times_are_those_of_the_file_system(root):
    folder = hand_in(root, OWN)
    (folder / "link").symlink_to(root / "secret")
    (folder / "folder").symlink_to(root)
    os.link(root / "secret", folder / "other-name")
    os.mkfifo(folder / "pipe")
    os.utime(folder / f"{NAME}.ipynb", (0, 0))
    _, files = collect(root)
    time = files.pop(f"{OWN}/{NAME}/timestamp.txt")
    assert files == {f"{OWN}/{NAME}/{NAME}.ipynb": "notebook"}
    assert abs(parse_utc(time).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.slow
def test_a_later_submission_counts_whatever_times_are_written(root):
    hand_in(root, OWN, "2030-01-01 00:00:00.000000 UTC", "first")
    hand_in(root, OWN, "2020-01-01 00:00:00.000000 UTC", "second")
    assert collect(root)[1][f"{OWN}/{NAME}/{NAME}.ipynb"] == "second"
    hand_in(root, OWN, "2019-01-01 00:00:00.000000 UTC", "third")
    assert collect(root, "--update")[1][f"{OWN}/{NAME}/{NAME}.ipynb"] == "third"


def test_nobody_hands_in_for_somebody_else_and_a_folder_that_is_a_link_is_left_out(root):
    hand_in(root, "nobody")
    link = hand_in(root, OWN)
    link.rename(root.parent / "elsewhere")
    link.symlink_to(root.parent / "elsewhere")
    printed, files = collect(root)
    assert files == {}
    assert "it belongs to another account" in printed
    assert "it contains no regular file" in printed


def test_everything_after_a_limit_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "LARGEST", 10)
    for folder in ("source", "target"):
        (tmp_path / folder).mkdir()
    (tmp_path / "source" / "small").write_text("1")
    (tmp_path / "source" / "large").write_text("1" * 11)
    assert exchange.copy_regular_files(tmp_path / "source", tmp_path / "target") > 0
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["small"]
