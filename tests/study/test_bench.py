"""Test the results of a small benchmark, and that they are printed one by one."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_study import benchmark
from parity_study.experiments import result_files

SMALL_SIZES = {
    "step": {"blocks": 2, "updates": 3},
    "generation": {"count": 100, "repeats": 2},
    "packing": {"hidden": [4], "batch": [8], "repeats": 2},
    "together": {"rounds": 1, "updates": 2, "settings": [
        {"cell": cell, "hidden": 4, "batch": 8, "seeds": 2} for cell in ("tanh", "lstm")]},
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
    assert list(results["measurements"]) == ["step", "generation", "packing", "together"]


def test_first_calls_do_not_count_and_programs_take_turns():
    calls = []
    seconds = benchmark.time_in_turns([lambda: calls.append("a"), lambda: calls.append("b")], rounds=2)
    assert calls == ["a", "b"] * 3
    assert len(seconds) == 2


def test_measurements_are_described_in_a_line():
    assert benchmark.describe("generation", {"ratio": 9.12345, "seeds": 2}) == "generation  ratio 9.123  seeds 2"


def test_course_data_are_running_parities_in_float32():
    features, labels = benchmark.course_bits_and_parity(20, 9, np.random.RandomState(0))
    assert features.dtype == labels.dtype == np.float32
    assert features.shape == labels.shape == (20, 9, 1)
    np.testing.assert_array_equal(np.cumsum(features, axis=1) % 2, labels)


def test_command_prints_each_result_and_saves_on_request(quick, tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "run", lambda report: report("a result") or quick[0])
    monkeypatch.setattr(result_files, "writable_folder", lambda: tmp_path)
    assert CliRunner().invoke(main, ["bench"]).stdout == "a result\n"
    assert not list(tmp_path.iterdir())
    assert CliRunner().invoke(main, ["bench", "--save"]).exit_code == 0
    assert json.loads((tmp_path / "bench.json").read_text()) == json.loads(json.dumps(quick[0]))
