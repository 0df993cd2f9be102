"""What keeps the wall standing, piece by piece: measures of what strangers write, names, times and outputs."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell

from parity_lib.teaching import execute, grade, kernel, rebuild, sandbox, tidy

pytestmark = pytest.mark.whole


def test_no_depth_stops_the_clearing(tmp_path, monkeypatch):
    place = tmp_path / "kernel"
    place.mkdir()
    (place / "link").symlink_to(tmp_path)
    (tmp_path / "ours").write_text("")
    monkeypatch.chdir(place)
    for _ in range(3000):
        os.mkdir("a")
        os.chdir("a")
    monkeypatch.chdir(tmp_path)
    assert sandbox._size(place) == float("inf")
    sandbox.remove(place)
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


def test_folders_count_as_files_do(tmp_path):
    for number in range(sandbox.MOST_FILES):
        (tmp_path / str(number)).mkdir()
    assert sandbox._size(tmp_path) == 0
    (tmp_path / "one more").mkdir()
    assert sandbox._size(tmp_path) == float("inf")


@pytest.mark.skipif(sys.platform != "linux", reason="the wall exists there only")
def test_a_file_without_a_name_is_measured(tmp_path):
    own = SimpleNamespace(pid=os.getpid())
    before = sandbox._unnamed(own, tmp_path)
    with (tmp_path / "gone").open("wb") as file:
        file.write(bytes(sandbox.MB))
        file.flush()
        assert sandbox._unnamed(own, tmp_path) == before
        (tmp_path / "gone").unlink()
        assert sandbox._unnamed(own, tmp_path) >= before + sandbox.MB


def test_what_stands_on_pythons_path_is_not_shown_for_that(tmp_path, monkeypatch):
    course, other, library = tmp_path / "course", tmp_path / "other", tmp_path / "site-packages"
    for folder in (course, other, library):
        folder.mkdir()
        monkeypatch.syspath_prepend(str(folder))
    monkeypatch.syspath_prepend("")
    shown = list(sandbox.world(course))
    assert str(library) in shown
    assert not {str(other), str(tmp_path), "", str(Path.cwd())} & set(shown)
    assert shown[shown.index(str(course)) - 1] == "--tmpfs"


def test_a_hand_in_with_many_files_leaves_room_for_the_kernels_own(tmp_path):
    many = tmp_path / "many"
    for number in range(2 * sandbox.MOST_FILES):
        (many / "deep" / str(number // 10)).mkdir(parents=True, exist_ok=True)
        (many / "deep" / str(number // 10) / str(number)).write_text("")
    (many / "data.csv").write_text("0,1")
    kernel.copy_files(many, tmp_path / "files", 1)
    assert (tmp_path / "files" / "data.csv").is_file()
    assert sandbox._size(tmp_path / "files") < float("inf")


def test_an_empty_output_counts():
    cell = new_code_cell("")
    heard = execute.Heard(cell, 10 * execute.LEAST)
    for _ in range(100):
        heard({"msg_type": "display_data", "header": {"msg_type": "display_data"}, "size": 2,
               "content": {"data": {}, "metadata": {}}})
    heard.close()
    assert [one.output_type for one in cell.outputs] == ["display_data"] * 10 + ["stream"]


def test_a_row_is_a_line_that_a_terminal_can_show():
    assert grade.printable("a\nb\x1b[2J\udcff é") == "a�b�[2J� é"


def test_a_time_is_read_to_its_end(tmp_path):
    stamp = tmp_path / "timestamp.txt"
    stamp.write_text("2030-01-01 10:00:00 UTC\n")
    assert tidy._readable_time(stamp) == []
    stamp.write_text("2030-01-01 10:00:00 UTC" + " " * 300 + "or so")
    assert "cannot be read" in tidy._readable_time(stamp)[0]
    assert not stamp.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such clock")
def test_a_test_that_computes_without_end_is_stopped():
    cell = new_code_cell("while True:\n    try:\n        sum(range(10**6))\n    except ValueError:\n        pass")
    execute.Execute(timeout=0.1)._test(cell)
    assert [one.ename for one in cell.outputs] == ["TooSlow"]


def test_no_id_is_given_twice():
    cells = [new_code_cell(id=name) for name in ("cell-2", "cell-1", "cell-1", "cell-0", "cell-0")]
    rebuild.give_ids(cells)
    assert len({cell.id for cell in cells}) == 5


def test_a_folder_that_hides_what_is_in_it_is_too_large(tmp_path):
    (tmp_path / "closed").mkdir(0)
    assert sandbox._size(tmp_path) == float("inf")


def test_a_filter_is_read_as_linux_reads_it():
    lines = list(struct.iter_unpack("HBBI", sandbox.calls("x86_64")))
    refused = set(sandbox.CALLS["x86_64"][1].values())

    def answer(architecture: int, number: int) -> int:
        place, value = 0, 0
        while True:
            code, yes, no, operand = lines[place]
            if code == 0x06:
                return operand
            if code == 0x20:
                value, place = {0: number, 4: architecture}[operand], place + 1
            else:
                place += 1 + (yes if (value == operand if code == 0x15 else value >= operand) else no)

    assert {number for number in range(600) if answer(0xC000003E, number) != 0x7FFF0000} == refused
    assert answer(0xC000003E, 0x40000000) == answer(0x40000003, 1) == 0x00050000 | 38
