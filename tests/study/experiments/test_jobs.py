"""Test interrupted runs, several processes, a cluster that loses a worker, and the command."""

import gc
import json
import os
import signal
import threading
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_study import experiments
from parity_study.comparisons import fisher_p
from parity_study.experiments import condition, jobs
from parity_study.experiments.condition import Condition
from parity_study.experiments.jobs import train_series
from parity_study.experiments.series import SERIES
from parity_study.results import load


@pytest.fixture
def small(monkeypatch):
    """Make ``pools`` a series of three conditions with two jobs each, in which no network learns."""
    conditions = {str(length): Condition(cell="tanh", lengths=length, hidden_size=1, batch_size=4, max_updates=30)
                  for length in (10, 11, 12)}
    monkeypatch.setitem(SERIES, "pools", replace(SERIES["pools"], conditions=conditions, seeds=4))
    monkeypatch.setattr(Condition, "seeds_per_job", 2)
    return "pools"


def finished(folder):
    """Return the files with the results of finished jobs."""
    return sorted(folder.glob("*-unfinished/**/output.pkl"))


def results(path):
    return json.loads(path.read_text(encoding="utf-8"))["results"]


@pytest.mark.slow
def test_a_fresh_run_agrees_with_the_book(tmp_path):
    """If both have the same success rate, this test fails by chance once in ten thousand runs of a condition."""
    names = ("every_step, 50, lstm", "end, 1..50, lstm")
    cap, stored = 300, load("two_by_two")["conditions"]
    conditions = {name: replace(experiments.conditions("two_by_two")[name], max_updates=cap) for name in names}
    fresh = train_series(conditions, range(5), tmp_path / "unfinished", jobs=1)["conditions"]
    for name in names:
        within = sum(steps is not None and steps <= cap for steps in stored[name]["steps"])
        assert fisher_p((fresh[name]["solved"], 5), (within, stored[name]["seeds"])) > 1e-4, name


# Stopping and continuing


def count_jobs(monkeypatch, stop_after=None):
    """Count the jobs, and stop after ``stop_after`` of them, as Ctrl-C would."""
    done, train = [], Condition.train

    def counted(self, seeds):
        if len(done) == stop_after:
            raise KeyboardInterrupt
        done.append((self, seeds))
        return train(self, seeds)

    monkeypatch.setattr(Condition, "train", counted)
    return done


def test_a_run_that_was_stopped_continues_where_it_was(small, tmp_path, monkeypatch):
    whole = results(experiments.run(small, tmp_path / "whole", jobs=1))
    with monkeypatch.context() as patch:
        done = count_jobs(patch, stop_after=4)
        with pytest.raises(KeyboardInterrupt):
            experiments.run(small, tmp_path, jobs=1)
    kept = finished(tmp_path)
    assert len(done) == len(kept) == 4, "finished jobs are on disk"
    kept[0].write_bytes(kept[0].read_bytes()[:-20])
    done = count_jobs(monkeypatch)
    assert results(experiments.run(small, tmp_path, jobs=1)) == whole
    assert len(done) == 3, "the job of the damaged file is done again"
    assert not [*tmp_path.glob("*-unfinished")]


def test_jobs_of_other_settings_or_another_version_are_done_again(tmp_path, monkeypatch):
    done, conditions = count_jobs(monkeypatch), {"a": Condition(cell="tanh", hidden_size=1, max_updates=1)}
    others = {"a": replace(conditions["a"], max_updates=2)}
    for seeds in (range(2), range(2), range(2, 4)):
        train_series(conditions, seeds, tmp_path, jobs=1)
    train_series(others, range(2), tmp_path, jobs=1)
    assert len(done) == 3
    with monkeypatch.context() as patch:
        patch.setitem(condition.EVALUATION, "strings", 21)
        train_series(conditions, range(2), tmp_path, jobs=1)
    monkeypatch.setattr(jobs, "__version__", "0.0.0")
    train_series(conditions, range(2), tmp_path, jobs=1)
    assert len(done) == 5


# Several processes and a cluster


@pytest.mark.slow
def test_several_processes_have_the_results_of_one(small, tmp_path):
    alone, together = (results(experiments.run(small, tmp_path / str(jobs), jobs=jobs)) for jobs in (1, 2))
    assert alone == together


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_has_the_same_results(small, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    conditions = {name: replace(row, max_updates=500) for name, row in SERIES[small].conditions.items()}
    monkeypatch.setitem(SERIES, small, replace(SERIES[small], conditions=conditions))
    alone = results(experiments.run(small, tmp_path / "alone", jobs=1))
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster:
        victim = next(iter(cluster.workers.values())).process.process.pid
        killed = threading.Thread(target=kill_once_work_is_done, args=(tmp_path / "cluster", victim))
        killed.start()
        shared = results(experiments.run(small, tmp_path / "cluster", scheduler=cluster.scheduler_address))
        killed.join()
    assert shared == alone
    with pytest.raises(ProcessLookupError):
        os.kill(victim, 0)


def kill_once_work_is_done(folder, pid):
    """Kill a worker as soon as the first job has been finished."""
    for _ in range(600):
        if finished(folder):
            break
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)


# The command


def test_a_missing_scheduler_is_named(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(jobs, "CONNECT_SECONDS", 1)
    arguments = ["experiment", "pools", "--quick", "--out", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "trying to connect to tcp://127.0.0.1:9" in done.output
    del done
    gc.collect()    # end the failed client now, because it would block the start of the next client


def test_without_dask_a_scheduler_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    done = CliRunner().invoke(main, ["experiment", "pools", "--quick", "--out", str(tmp_path), "--scheduler", "tcp://h"])
    assert done.exit_code == 1
    assert "pip install -e '.[cluster]'" in done.output
