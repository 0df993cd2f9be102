"""The grid: what a condition is, a run that goes on where it stopped, a cluster that loses a worker, the command."""

import json
import os
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from parity_lib import experiment, grid
from parity_lib.cli import main
from parity_lib.data import ParityTask
from parity_lib.experiment import wilson_interval
from parity_lib.grid import CarriedTask, Condition, Job, Tests
from parity_lib.models import ParityRNN

SERIES = tuple(grid.SERIES)
TINY = Tests(strings=20, far=60, far_strings=2)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A folder with a thin run of every series, made by the command."""
    folder = tmp_path_factory.mktemp("quick")
    done = CliRunner().invoke(main, ["experiment", *SERIES, "--quick", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def small(monkeypatch):
    """A series of three conditions, two seeds a job, trained for a few steps in this process."""
    conditions = {name: Condition("tanh", lengths, hidden_size=2, batch_size=4, max_steps=30)
                  for name, lengths in {"one": 1, "two": 2, "up to three": (1, 3)}.items()}
    monkeypatch.setitem(grid.SERIES, "pools", lambda max_steps=0: conditions)
    monkeypatch.setitem(grid.SEEDS, "pools", 4)
    monkeypatch.setattr(grid, "SEEDS_A_JOB", 2)
    monkeypatch.setattr(grid, "Tests", lambda: TINY)
    return "pools"


def results(path):
    return json.loads(path.read_text(encoding="utf-8"))["results"]


def keys(value):
    """The names within results, whatever the figures."""
    return {key: keys(part) for key, part in value.items()} if isinstance(value, dict) else None


# Conditions


def test_the_two_by_two_has_every_combination_once():
    conditions = grid.two_by_two()
    assert len(conditions) == 16
    assert len({(one.label, one.lengths, one.cell) for one in conditions.values()}) == 16
    rest = {replace(one, label="end", lengths=1, cell="tanh") for one in conditions.values()}
    assert len(rest) == 1, "nothing else differs"
    assert grid.SEEDS["two_by_two"] == 50


@pytest.mark.parametrize("name", SERIES)
def test_every_condition_makes_its_networks_and_its_strings(name):
    for condition in grid.SERIES[name]().values():
        model = condition.models(range(3, 4))[0]
        batch = condition.task().batch(2, np.random.default_rng(0))
        assert (model.cell, model.num_layers) == (condition.cell, condition.num_layers)
        assert model(batch.inputs, batch.run_lengths).shape == batch.targets.shape


def test_seeds_give_different_networks_and_a_forget_bias_is_set():
    plain, biased = Condition().models(range(2)), Condition(forget_bias=3.0).models(range(2))
    assert not torch.equal(plain[0].rnn.weight_hh_l0, plain[1].rnn.weight_hh_l0)
    for one, other in zip(plain, biased, strict=True):
        assert torch.equal(one.rnn.weight_hh_l0, other.rnn.weight_hh_l0)
        total = other.rnn.bias_ih_l0 + other.rnn.bias_hh_l0
        assert total[8:16].tolist() == [3.0] * 8
        assert torch.equal(total[:8], (one.rnn.bias_ih_l0 + one.rnn.bias_hh_l0)[:8])


def test_a_carried_answer_is_asked_for_at_the_last_column():
    bits = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=np.uint8)
    batch = CarriedTask((1, 4), "end").assemble(bits, np.bitwise_xor.accumulate(bits, axis=1), np.array([4, 2]))
    assert batch.inputs[..., 0].tolist() == [[1, 1, 0, 1], [1, 0, 0, 0]], "zeros behind the string"
    assert batch.mask.tolist() == [[False, False, False, True]] * 2
    assert batch.targets[:, -1, 0].tolist() == [1, 1]
    assert batch.run_lengths.tolist() == [4, 4]
    longer = CarriedTask((1, 4), "end").stretched(2)
    assert (type(longer), longer.shortest, longer.longest) == (CarriedTask, 1, 8)


def test_a_trained_condition_has_a_row_for_each_seed():
    rows = grid.train_and_test(Condition("tanh", 1, hidden_size=4, max_steps=200), range(5, 8), TINY)
    assert len(rows) == 3
    assert all(row["steps"] and row["sequence_accuracy"] == 1.0 for row in rows), "one bit is its own parity"
    for row in rows:
        assert row["by_length"]["from"][0] == 1
        assert len(row["by_length"]["from"]) == len(row["by_length"]["right"])
        assert 0 <= row["far"] <= 1
    unsolved = grid.train_and_test(Condition("tanh", 20, hidden_size=1, max_steps=2), range(1), TINY)
    assert (unsolved[0]["steps"], unsolved[0]["far"]) == (None, None)


def test_what_the_rows_say_together():
    rows = [{"steps": steps, "bit_accuracy": 1.0, "sequence_accuracy": 0.5, "far": far,
             "by_length": {"from": [1, 6], "right": [1.0, share]}}
            for steps, far, share in ((100, 1.0, 0.5), (None, None, 0.25), (300, 0.75, 1.0))]
    found = grid._gathered(Condition(cell="gru", max_steps=7), rows)
    assert found["settings"] == {"cell": "gru", "max_steps": 7}
    assert (found["seeds"], found["solved"], found["steps"]) == (3, 2, [100, None, 300])
    assert (found["median_steps"], found["quartiles"]) == (200, [150, 250])
    assert found["by_length"] == {"from": [1, 6], "mean": [1.0, 0.583333], "least": [1.0, 0.25]}
    assert (found["far"], found["far_exact"]) == ([1.0, 0.75], 1)


# Files


@pytest.mark.parametrize("name", SERIES)
def test_a_quick_run_has_the_form_of_the_books_results(name, quick):
    found, committed = results(quick / f"{name}.json"), experiment.load(name)
    assert found["defaults"] == committed["defaults"]
    assert not (quick / "unfinished").exists()
    for key, condition in found["conditions"].items():
        assert keys(condition).keys() == keys(committed["conditions"][key]).keys()
        assert condition["seeds"] == len(condition["steps"]) == len(condition["sequence_accuracy"])


@pytest.mark.parametrize("name", SERIES)
def test_the_books_results_are_of_the_code_as_it_stands_and_of_enough_seeds(name):
    assert grid.state(name) == "current", f"run: parity experiment {name}"
    conditions = experiment.load(name)["conditions"]
    assert conditions.keys() == grid.SERIES[name]().keys()
    assert all(one["seeds"] == grid.SEEDS[name] == len(one["steps"]) for one in conditions.values())


def test_a_fresh_run_agrees_with_the_book_within_the_intervals(quick):
    committed = experiment.load("two_by_two")["conditions"]
    for key, fresh in results(quick / "two_by_two.json")["conditions"].items():
        within = [steps for steps in committed[key]["steps"] if steps is not None and steps <= 1500]
        low, high = wilson_interval(fresh["solved"], fresh["seeds"])
        book_low, book_high = wilson_interval(len(within), committed[key]["seeds"])
        assert low <= book_high, key
        assert book_low <= high, key


def test_a_source_that_matters_changes_the_hash(monkeypatch):
    before = {name: grid.source_hash(name) for name in ("pools", "sizes")}
    monkeypatch.setattr(grid, "_THIS_SOURCE", grid._THIS_SOURCE.replace("(None, 100_000, 10_000, 1000)", "(None,)"))
    assert grid.source_hash("pools") != before["pools"]
    assert grid.source_hash("sizes") == before["sizes"]
    monkeypatch.setattr(grid, "_ENSEMBLE_SOURCE", grid._ENSEMBLE_SOURCE + "\nx = 1\n")
    assert grid.source_hash("sizes") != before["sizes"]


# Stopped and continued


def count_jobs(monkeypatch, stop_after=None):
    """Let trainings be counted, and stopped as Ctrl-C would after so many."""
    done, real = [], grid.train_and_test

    def counted(condition, seeds, tests):
        if len(done) == stop_after:
            raise KeyboardInterrupt
        done.append((condition, seeds))
        return real(condition, seeds, tests)

    monkeypatch.setattr(grid, "train_and_test", counted)
    return done


def test_a_run_that_was_stopped_goes_on_where_it_was(small, tmp_path, monkeypatch):
    whole = results(grid.run(small, tmp_path / "whole", jobs=1))
    with monkeypatch.context() as patch:
        done = count_jobs(patch, stop_after=4)
        with pytest.raises(KeyboardInterrupt):
            grid.run(small, tmp_path, jobs=1)
    kept = sorted((tmp_path / "unfinished" / small).glob("*.json"))
    assert len(done) == 4
    assert len(kept) >= 3, "what was finished is on disk"
    done = count_jobs(monkeypatch)
    assert results(grid.run(small, tmp_path, jobs=1)) == whole
    assert len(done) == 6 - len(kept)
    assert not (tmp_path / "unfinished").exists()


@pytest.mark.parametrize("damage", [
    lambda text: text[:len(text) // 2], lambda text: "", lambda text: text.replace("sequence_accuracy", "x", 1),
    lambda text: "[]", lambda text: '{"rows": []}',
], ids=["half", "empty", "changed", "another form", "no hash"])
def test_a_damaged_file_is_noticed_and_its_job_done_again(small, tmp_path, monkeypatch, damage):
    whole = results(grid.run(small, tmp_path / "whole", jobs=1))
    with monkeypatch.context() as patch:
        count_jobs(patch, stop_after=5)
        with pytest.raises(KeyboardInterrupt):
            grid.run(small, tmp_path, jobs=1)
    kept = sorted((tmp_path / "unfinished" / small).glob("*.json"))
    kept[0].write_text(damage(kept[0].read_text(encoding="utf-8")), encoding="utf-8")
    done = count_jobs(monkeypatch)
    assert results(grid.run(small, tmp_path, jobs=1)) == whole
    assert len(done) == 6 - len(kept) + 1


def test_parts_of_other_sources_or_tests_are_not_used(small, tmp_path, monkeypatch):
    job = Job("one", Condition(max_steps=1), range(2))
    parts = grid._Parts(tmp_path, small, TINY)
    parts.write(job, [{"steps": 1}])
    assert parts.read(job) == [{"steps": 1}]
    assert grid._Parts(tmp_path, small, Tests(strings=21)).read(job) is None
    assert parts.read(replace(job, seeds=range(2, 4))) is None
    monkeypatch.setattr(grid, "_ENSEMBLE_SOURCE", "x = 1")
    assert grid._Parts(tmp_path, small, TINY).read(job) is None


# More than one process


def test_processes_find_what_one_process_finds(small, tmp_path):
    alone, together = (results(grid.run(small, tmp_path / str(jobs), jobs=jobs)) for jobs in (1, 2))
    assert alone == together


def test_a_cluster_that_loses_a_worker_finds_the_same(small, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    conditions = {name: replace(condition, max_steps=1500, hidden_size=1, lengths=12)
                  for name, condition in grid.SERIES[small]().items()}
    monkeypatch.setitem(grid.SERIES, small, lambda max_steps=0: conditions)
    alone = results(grid.run(small, tmp_path / "alone", jobs=1))
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster:
        victim = next(iter(cluster.workers.values())).process.process.pid
        killed = threading.Thread(target=kill_once_work_is_done, args=(tmp_path / "cluster", victim))
        killed.start()
        found = results(grid.run(small, tmp_path / "cluster", scheduler=cluster.scheduler_address))
        killed.join()
    assert found == alone
    with pytest.raises(ProcessLookupError):
        os.kill(victim, 0)


def kill_once_work_is_done(folder, pid):
    """Kill a worker as soon as the first job has been finished."""
    for _ in range(600):
        if list(folder.glob("unfinished/*/*.json")):
            break
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)


# The command


def test_the_list_names_every_series():
    listed = CliRunner().invoke(main, ["experiment", "--list"]).output
    for name in SERIES:
        assert name in listed


def test_a_scheduler_that_is_not_there_is_named(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(grid, "CONNECT_SECONDS", 1)
    arguments = ["experiment", "pools", "--quick", "--out", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "127.0.0.1:9" in done.output


def test_without_dask_a_scheduler_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    done = CliRunner().invoke(main, ["experiment", "pools", "--quick", "--out", str(tmp_path), "--scheduler", "tcp://h"])
    assert done.exit_code == 1
    assert "pip install -e '.[cluster]'" in done.output


def test_an_unknown_series_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"^name must be"):
        grid.run("nothing", tmp_path)


def test_condition_of_the_default_is_the_second_of_openais():
    assert Condition().task() == ParityTask((1, 50), "end")
    assert isinstance(Condition().models(range(1))[0], ParityRNN)
