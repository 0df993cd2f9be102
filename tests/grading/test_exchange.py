"""`nbgrader collect` with the plug-in of the course: a folder that cannot be copied stops nobody else."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets.config import Config, PyFileConfigLoader

from tests.exercises import course

NAME, TIME = "unrolling", "2026-11-20 12:00:00 UTC"


def deep(folder: Path, names: list[str]) -> None:
    """Create folders within folders, even if their path is too long for one system call."""
    folder.mkdir(parents=True)
    with contextlib.chdir(folder):
        for name in names:
            os.mkdir(name)
            os.chdir(name)


def many(folder: Path) -> None:
    folder.mkdir()
    for number in range(1001):
        (folder / f"{number}.txt").touch()


def closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Create a folder that its owner has closed. Because root may open it, root's attempt is refused here."""
    folder.mkdir()
    scandir = os.scandir

    def refuse(path=".", *rest):
        if path == str(folder):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(path, *rest)
    monkeypatch.setattr(os, "scandir", refuse)


@pytest.fixture
def inbound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr("nbgrader.api.get_alembic_version", lambda *rest: "new")    # it would start a process
    course.copy_course(tmp_path)
    folder = tmp_path / "exchange" / "one-bit-of-memory" / "inbound"
    folder.mkdir(parents=True)
    yield folder
    subprocess.run(["rm", "-r", folder], check=True)       # shutil.rmtree cannot remove such deep folders


def collect(root: Path, caplog: pytest.LogCaptureFixture, **options: bool) -> str:
    """Collect from the exchange with the course's plug-in, and return what was logged."""
    settings = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
    plugin = settings.ExchangeFactory.collect
    settings = Config({"Exchange": {"root": str(root / "exchange")}, "ExchangeCollect": options,
                       "CourseDirectory": {"root": str(root), "course_id": "one-bit-of-memory", "assignment_id": NAME}})
    settings.ExchangeFactory.collect = plugin
    collector = ExchangeFactory(config=settings).Collect(coursedir=CourseDirectory(config=settings), config=settings)
    caplog.clear()
    with contextlib.suppress(ExchangeError):
        collector.start()
    return caplog.text


def hand_in(inbound: Path, student: str, text: str = "{}", time: str = TIME) -> Path:
    folder = inbound / f"{student}+{NAME}+{time}"
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_text(text, encoding="utf8")
    (folder / "timestamp.txt").write_text(time, encoding="utf8")
    return folder


def collected(root: Path) -> set[str]:
    return {path.parent.parent.name for path in root.glob(f"submitted/*/{NAME}/{NAME}.ipynb")}


def test_a_folder_that_cannot_be_copied_stops_nobody_else(tmp_path, inbound, caplog, monkeypatch):
    honest = {f"s{number:02}" for number in range(0, 25, 2)}
    for student in honest:
        hand_in(inbound, student)
    deep(inbound / f"s01+{NAME}+{TIME}", ["x" * 250] * 20)
    deep(inbound / f"s03+{NAME}+{TIME}", ["d"] * 1200)
    many(inbound / f"s05+{NAME}+{TIME}")
    hand_in(inbound, "s07").joinpath("home").symlink_to("/etc/fonts")
    os.mkfifo(hand_in(inbound, "s09") / "pipe")
    hand_in(inbound, "s11", time="yesterday")
    closed(inbound / f"s13+{NAME}+{TIME}", monkeypatch)
    log = collect(tmp_path, caplog)
    assert collected(tmp_path) == honest
    reasons = {"s01": "too long", "s03": "100 deep", "s05": "more than 1,000 files",
               "s07": "home is not a regular file", "s09": "pipe is not a regular file",
               "s11": "no time", "s13": "Permission denied"}
    lines = [line for line in log.splitlines() if "Not collected" in line]
    assert len(lines) == len(reasons)
    for student, reason in reasons.items():
        assert [line for line in lines if f"{student}+{NAME}+" in line and reason in line], (student, lines)
    assert "7 of 20 submissions were not collected" in log


def test_an_earlier_submission_stays_if_the_next_one_cannot_be_copied(tmp_path, inbound, caplog):
    hand_in(inbound, "ada", "first")
    hand_in(inbound, "emmy", "first")
    collect(tmp_path, caplog)
    later = TIME.replace("12:00", "13:00")
    hand_in(inbound, "ada", "second", later).joinpath("all").symlink_to("..")
    hand_in(inbound, "emmy", "second", later)
    assert "1 of 2 submissions were not collected" in collect(tmp_path, caplog, update=True)
    texts = {student: (tmp_path / "submitted" / student / NAME / f"{NAME}.ipynb").read_text(encoding="utf8")
             for student in ("ada", "emmy")}
    assert texts == {"ada": "first", "emmy": "second"}


def test_an_exchange_without_submissions_is_no_failure(tmp_path, inbound, caplog):
    assert "No submissions" in collect(tmp_path, caplog)
