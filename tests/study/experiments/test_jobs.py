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
from parity_study.experiments import condition, jobs, pools
from parity_study.experiments.comparisons import fisher_p
from parity_study.experiments.condition import Condition
from parity_study.experiments.jobs import FinishedJobs, Job, train_series


@pytest.fixture
def small(monkeypatch):
    """Make ``pools`` a series of three conditions with two jobs each, in which no network learns."""
    conditions = {str(length): Condition("tanh", length, hidden_size=1, batch_size=4, max_steps=30)
                  for length in (10, 11, 12)}
    monkeypatch.setattr(pools, "CONDITIONS", conditions)
    monkeypatch.setattr(pools, "SEEDS", 4)
    monkeypatch.setattr(Condition, "seeds_per_job", 2)
    return "pools"


def results(path):
    return json.loads(path.read_text(encoding="utf-8"))["results"]


@pytest.mark.slow
def test_a_fresh_run_agrees_with_the_book(tmp_path):
    """If both have the same success rate, this test fails by chance once in ten thousand runs of a condition."""
    names = ("every_step, 50, lstm", "end, 1..50, lstm")
    cap, stored = 500, experiments.load("two_by_two")["conditions"]
    conditions = {name: replace(experiments.conditions("two_by_two")[name], max_steps=cap) for name in names}
    fresh = train_series(conditions, range(5), FinishedJobs(tmp_path), jobs=1)["conditions"]
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
    kept = sorted((tmp_path / "unfinished" / small).glob("*.json"))
    assert len(done) == 4
    assert len(kept) >= 3, "finished jobs are on disk"
    kept[0].write_text(kept[0].read_text(encoding="utf-8")[:20], encoding="utf-8")
    done = count_jobs(monkeypatch)
    assert results(experiments.run(small, tmp_path, jobs=1)) == whole
    assert len(done) == 6 - len(kept) + 1, "the job of the damaged file is done again"
    assert not (tmp_path / "unfinished").exists()


def test_jobs_of_other_settings_or_another_version_are_not_used(tmp_path, monkeypatch):
    job, finished = Job("a condition", Condition(max_steps=1), range(2)), FinishedJobs(tmp_path)
    finished.write(job, [{"steps": 1}])
    assert finished.read(job) == [{"steps": 1}]
    assert finished.read(replace(job, seeds=range(2, 4))) is None
    assert finished.read(replace(job, condition=Condition(max_steps=2))) is None
    with monkeypatch.context() as patch:
        patch.setitem(condition.EVALUATION, "strings", 21)
        assert finished.read(job) is None
    monkeypatch.setattr(jobs, "__version__", "0.0.0")
    assert finished.read(job) is None


# Several processes and a cluster


@pytest.mark.slow
def test_several_processes_have_the_results_of_one(small, tmp_path):
    alone, together = (results(experiments.run(small, tmp_path / str(jobs), jobs=jobs)) for jobs in (1, 2))
    assert alone == together


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_has_the_same_results(small, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    conditions = {name: replace(row, max_steps=500) for name, row in pools.CONDITIONS.items()}
    monkeypatch.setattr(pools, "CONDITIONS", conditions)
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
        if list(folder.glob("unfinished/*/*.json")):
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
