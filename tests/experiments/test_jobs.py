"""Jobs: a run that goes on where it stopped, a cluster that loses a worker, and the command."""

import gc
import json
import os
import signal
import threading
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner
from scipy.stats import fisher_exact

from parity_lib import experiments
from parity_lib.cli import main
from parity_lib.experiments import condition, jobs, pools, two_by_two
from parity_lib.experiments.condition import Condition, Examination
from parity_lib.experiments.jobs import FinishedJobs, Job

TINY = Examination(strings=20, far=60, far_strings=2)


@pytest.fixture
def small(monkeypatch):
    """A series of three conditions, two seeds a job, trained for a few steps in this process."""
    conditions = {name: Condition("tanh", lengths, hidden_size=2, batch_size=4, max_steps=30)
                  for name, lengths in {"one": 1, "two": 2, "up to three": (1, 3)}.items()}
    monkeypatch.setattr(pools, "conditions", lambda max_steps=0: conditions)
    monkeypatch.setattr(pools, "SEEDS", 4)
    monkeypatch.setattr(condition, "SEEDS_A_JOB", 2)
    monkeypatch.setattr(condition, "Examination", lambda: TINY)
    return "pools"


def results(path):
    return json.loads(path.read_text(encoding="utf-8"))["results"]


def test_a_quick_run_is_finished_and_has_a_number_for_each_seed(quick):
    assert not (quick / "unfinished").exists()
    for name in filter(experiments.is_series, experiments.names()):
        for one in results(quick / f"{name}.json")["conditions"].values():
            assert one["seeds"] == len(one["steps"]) == len(one["sequence_accuracy"])


def test_a_fresh_run_agrees_with_the_book(quick):
    """Where both have the same rate, chance alone fails this once in ten thousand runs of one condition."""
    committed = experiments.load("two_by_two")["conditions"]
    for key, fresh in results(quick / "two_by_two.json")["conditions"].items():
        within = sum(steps is not None and steps <= two_by_two.QUICK["max_steps"] for steps in committed[key]["steps"])
        table = [[fresh["solved"], fresh["seeds"] - fresh["solved"]], [within, committed[key]["seeds"] - within]]
        assert fisher_exact(table).pvalue > 1e-4, key


# Stopped and continued


def count_jobs(monkeypatch, stop_after=None):
    """Let trainings be counted, and stopped as Ctrl-C would after so many."""
    done, real = [], condition.train_and_test

    def counted(one, seeds, examination):
        if len(done) == stop_after:
            raise KeyboardInterrupt
        done.append((one, seeds))
        return real(one, seeds, examination)

    monkeypatch.setattr(condition, "train_and_test", counted)
    return done


def test_a_run_that_was_stopped_goes_on_where_it_was(small, tmp_path, monkeypatch):
    whole = results(experiments.run(small, tmp_path / "whole", jobs=1))
    with monkeypatch.context() as patch:
        done = count_jobs(patch, stop_after=4)
        with pytest.raises(KeyboardInterrupt):
            experiments.run(small, tmp_path, jobs=1)
    kept = sorted((tmp_path / "unfinished" / small).glob("*.json"))
    assert len(done) == 4
    assert len(kept) >= 3, "what was finished is on disk"
    done = count_jobs(monkeypatch)
    assert results(experiments.run(small, tmp_path, jobs=1)) == whole
    assert len(done) == 6 - len(kept)
    assert not (tmp_path / "unfinished").exists()


@pytest.mark.parametrize("damage", [
    lambda text: text[:len(text) // 2], lambda text: "", lambda text: text.replace("sequence_accuracy", "x", 1),
    lambda text: "[]", lambda text: '{"rows": []}',
], ids=["half", "empty", "changed", "another form", "no hash"])
def test_a_damaged_file_is_noticed_and_its_job_done_again(small, tmp_path, monkeypatch, damage):
    whole = results(experiments.run(small, tmp_path / "whole", jobs=1))
    with monkeypatch.context() as patch:
        count_jobs(patch, stop_after=5)
        with pytest.raises(KeyboardInterrupt):
            experiments.run(small, tmp_path, jobs=1)
    kept = sorted((tmp_path / "unfinished" / small).glob("*.json"))
    kept[0].write_text(damage(kept[0].read_text(encoding="utf-8")), encoding="utf-8")
    done = count_jobs(monkeypatch)
    assert results(experiments.run(small, tmp_path, jobs=1)) == whole
    assert len(done) == 6 - len(kept) + 1


def test_jobs_of_other_sources_or_another_examination_are_not_used(tmp_path):
    job = Job("one", Condition(max_steps=1), range(2))
    finished = FinishedJobs(tmp_path, "a hash", TINY)
    finished.write(job, [{"steps": 1}])
    assert finished.read(job) == [{"steps": 1}]
    assert FinishedJobs(tmp_path, "a hash", Examination(strings=21)).read(job) is None
    assert finished.read(replace(job, seeds=range(2, 4))) is None
    assert FinishedJobs(tmp_path, "another hash", TINY).read(job) is None


# More than one process


def test_processes_find_what_one_process_finds(small, tmp_path):
    alone, together = (results(experiments.run(small, tmp_path / str(jobs), jobs=jobs)) for jobs in (1, 2))
    assert alone == together


def test_a_cluster_that_loses_a_worker_finds_the_same(small, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    conditions = {name: replace(condition, max_steps=1500, hidden_size=1, lengths=12)
                  for name, condition in pools.conditions().items()}
    monkeypatch.setattr(pools, "conditions", lambda max_steps=0: conditions)
    alone = results(experiments.run(small, tmp_path / "alone", jobs=1))
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster:
        victim = next(iter(cluster.workers.values())).process.process.pid
        killed = threading.Thread(target=kill_once_work_is_done, args=(tmp_path / "cluster", victim))
        killed.start()
        found = results(experiments.run(small, tmp_path / "cluster", scheduler=cluster.scheduler_address))
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


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "foo", "foo://bar:1"])
def test_a_scheduler_that_is_not_there_is_named(tmp_path, monkeypatch, address):
    pytest.importorskip("distributed")
    monkeypatch.setattr(jobs, "CONNECT_SECONDS", 1)
    arguments = ["experiment", "pools", "--quick", "--out", str(tmp_path), "--scheduler", address]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "scheduler must be the address of a Dask scheduler that runs" in done.output
    assert repr(address) in done.output
    del done
    gc.collect()    # the client that failed ends here, not while the next one starts: it would wait for itself


def test_without_dask_a_scheduler_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    done = CliRunner().invoke(main, ["experiment", "pools", "--quick", "--out", str(tmp_path), "--scheduler", "tcp://h"])
    assert done.exit_code == 1
    assert "pip install -e '.[cluster]'" in done.output
