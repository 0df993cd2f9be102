"""Test the results of a small benchmark, and that they are printed one by one."""

import json

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_study import benchmark
from parity_study.experiments import result_files

SMALL_SIZES = {
    "generation": {"count": 100, "repeats": 2},
    "packing": {"hidden": [4], "batch": [8], "repeats": 2},
}


@pytest.fixture(scope="module")
def quick():
    """Return the results of a small benchmark, and the texts that it reported."""
    reports = []
    return benchmark.run(SMALL_SIZES, report=reports.append), reports


def test_a_small_benchmark_has_the_measurements_of_the_committed_one(quick):
    committed = json.loads((result_files.FOLDER / "bench.json").read_text())["measurements"]
    for name, rows in quick[0]["measurements"].items():
        row, stored = (rows, committed[name]) if isinstance(rows, dict) else (rows[0], committed[name][0])
        assert row.keys() <= stored.keys()


def test_each_result_is_reported_as_soon_as_there_is_one(quick):
    results, reports = quick
    assert [text.split()[0] for text in reports] == [
        name for name, rows in results["measurements"].items() for _ in (rows if isinstance(rows, list) else [rows])]
    assert list(results["measurements"]) == ["generation", "packing"]


def test_command_prints_each_result_and_saves_on_request(quick, tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "run", lambda report: report("a result") or quick[0])
    monkeypatch.setattr(result_files, "writable_folder", lambda: tmp_path)
    assert CliRunner().invoke(main, ["bench"]).stdout == "a result\n"
    assert not list(tmp_path.iterdir())
    assert CliRunner().invoke(main, ["bench", "--save"]).exit_code == 0
    assert json.loads((tmp_path / "bench.json").read_text()) == json.loads(json.dumps(quick[0]))
