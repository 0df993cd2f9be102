"""The benchmark: that both sides of each comparison do the same work. How fast they are is not tested."""

import json
import math

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from parity_lib import bench
from parity_lib.bench import course
from parity_lib.cli import main
from parity_lib.experiments import load, results
from parity_lib.experiments.sources import source_hash

from .shapes import same_shape, shape


@pytest.fixture(scope="module")
def quick():
    """One thin run."""
    return bench.run(quick=True)


def test_quick_run_has_the_form_of_the_committed_one(quick):
    committed = json.loads((results.FOLDER / "bench.json").read_text())
    assert same_shape(shape(json.loads(json.dumps(quick))), shape(committed))
    assert committed["results"] == {"targets": bench.TARGETS, "sizes": bench.SIZES}


def test_committed_run_comes_from_these_sources():
    made = load("bench", "provenance")
    assert made["sources"] == source_hash(bench.__name__), "run: parity bench --save"


def test_train_and_the_bare_steps_end_with_the_same_weights(quick):
    assert quick["measurements"]["step"]["same_weights"] is True


def test_the_courses_setting_comes_first_and_alone_has_its_loop(quick):
    setting = {"cell": "tanh", "hidden": 4, "batch": 8, "seeds": 64}
    assert bench.SIZES["together"]["settings"][0] == setting
    first, *others = quick["measurements"]["together"]
    assert first["course_ms"] is not None
    assert all(row["course_ms"] is row["course_ratio"] is None for row in others)
    assert all(row["mib"] > 0 for row in (first, *others))


def test_each_setting_says_what_computed_it_and_what_numpy_takes(quick):
    assert {row["backend"] for row in quick["measurements"]["together"]} == {"numba"}
    # So few steps that on a busy machine their difference may come out below 0; the committed ones are enough.
    assert all(math.isfinite(row["numpy_ms"]) for row in quick["measurements"]["together"])
    assert all(row["numpy_ms"] > 0 for row in load("bench", "measurements")["together"])
    assert all(setting in bench.SIZES["together"]["settings"] for setting in bench.GATED)


def test_a_line_is_reported_as_each_measurement_begins(monkeypatch):
    works = ("step_cost", "generation", "packing", "together", "time_to_solve")
    for name in works:
        def work(**_):
            """What it measures."""
        monkeypatch.setattr(bench, name, work)
    lines = []
    bench.run(quick=True, report=lines.append)
    assert [line.split(",")[0] for line in lines] == [f"{number} of 5" for number in range(1, 6)]
    assert all(line.endswith(": What it measures") for line in lines)


def test_course_data_are_running_parities_in_float32():
    features, labels = course.course_bits_and_parity(20, 9, np.random.RandomState(0))
    assert features.dtype == labels.dtype == np.float32
    assert features.shape == labels.shape == (20, 9, 1)
    np.testing.assert_array_equal(np.cumsum(features, axis=1) % 2, labels)


def test_course_run_repeats_and_leaves_the_global_generators_alone():
    settings = dict(seed=1, cap=6, pool=40, validate_every=3, validation_size=20)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first = course.course_run(**settings)
    assert torch.rand(1) == expected
    assert (first["steps"], first["solved"]) == (6, False)
    assert course.course_run(**settings)["steps"] == 6


def test_course_run_stops_at_exact_validation(monkeypatch):
    monkeypatch.setattr(course, "course_validation", lambda *_: 1.0)
    done = course.course_run(seed=0, cap=50, pool=16, validate_every=4, validation_size=8)
    assert (done["steps"], done["solved"]) == (4, True)


def test_course_validation_counts_bits():
    model = course.CourseRNN(4)
    with torch.no_grad():
        model.hidden_to_logits.weight.zero_()
        model.hidden_to_logits.bias.fill_(-1)
    assert course.course_validation(model, 400, np.random.RandomState(0)) == pytest.approx(0.5, abs=0.02)


def test_more_seeds_are_tried_until_enough_of_the_courses_runs_succeed(monkeypatch):
    solved = {0: False, 1: True, 2: False, 3: True, 4: True}
    monkeypatch.setattr(bench, "course_run", lambda seed, **_: {"solved": solved[seed], "seconds": 10.0 + seed})
    monkeypatch.setattr(bench, "_default_run", lambda seed, cap: {"solved": True, "seconds": 0.5})
    found = bench.time_to_solve(least_seeds=2, most_seeds=12, enough_solved=2, cap=9)
    assert (found["course"]["seeds"], found["course"]["solved"]) == (4, 2)
    assert found["course"]["median_seconds"] == 12.0
    assert found["course"]["seconds_a_success"] == (10 + 11 + 12 + 13) / 2
    assert found["ratio"] == 23.0 / 0.5
    assert not found["course"]["is_bound"]


def test_without_a_success_all_seconds_are_a_lower_bound(monkeypatch):
    monkeypatch.setattr(bench, "course_run", lambda seed, **_: {"solved": False, "seconds": 10.0})
    monkeypatch.setattr(bench, "_default_run", lambda seed, cap: {"solved": seed > 0, "seconds": 0.5})
    found = bench.time_to_solve(least_seeds=3, most_seeds=3, enough_solved=1, cap=9)
    assert (found["course"]["seconds_a_success"], found["course"]["is_bound"]) == (30.0, True)
    assert (found["train"]["seconds_a_success"], found["train"]["is_bound"]) == (0.75, False)
    assert found["ratio"] == 40.0
    monkeypatch.setattr(bench, "_default_run", lambda seed, cap: {"solved": False, "seconds": 0.5})
    assert bench.time_to_solve(least_seeds=1, most_seeds=1, enough_solved=1, cap=9)["ratio"] is None
    assert bench._a_success(found["course"]) == "at least 30.00 (0 of 3 seeds succeed)"


def test_table_says_which_target_is_met(quick):
    content = json.loads(json.dumps(quick))
    content["measurements"]["generation"] |= {"ratio": 9.0, "memory_ratio": 2.0}
    content["measurements"]["step"]["ratio"] = 1.2
    content["measurements"]["solve"]["ratio"] = 2.0
    content["measurements"]["together"][0] |= {"course_ratio": 50.0, "train_ratio": 10.0}
    lines = {line.split("  ")[0]: line for line in bench.table(content).splitlines()}
    assert lines["data generation, course / ours"].endswith(">= 5    met")
    assert lines["peak memory, course / ours"].endswith("NOT MET")
    assert lines["a step, train / bare"].endswith("NOT MET")
    assert lines["seeds together, course / all"].endswith(">= 40   met")
    assert lines["seeds together, train / all"].endswith("NOT MET")
    assert lines["time per success, course / train"].endswith("NOT MET")


def test_command_prints_the_table_and_saves_where_asked(quick, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "run", lambda quick_, report: report("1 of 5") or quick)
    monkeypatch.setattr(results, "writable_folder", lambda: tmp_path)
    shown = CliRunner().invoke(main, ["bench", "--quick"])
    assert "a step, train / bare" in shown.stdout
    assert shown.stderr == "1 of 5\n"
    assert not list(tmp_path.iterdir())
    assert CliRunner().invoke(main, ["bench", "--save"]).exit_code == 0
    assert json.loads((tmp_path / "bench.json").read_text()) == json.loads(json.dumps(quick))


def test_quick_figures_cannot_be_saved():
    done = CliRunner().invoke(main, ["bench", "--quick", "--save"])
    assert done.exit_code == 2
    assert "exclude each other" in done.output
