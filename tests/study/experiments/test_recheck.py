"""Test that a recheck derives a sample again, compares its counts and evaluates the claims with the sample."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_lib import __version__
from parity_study import experiments
from parity_study import recheck as rechecking
from parity_study.experiments import course_loop, padded_metric
from parity_study.experiments.condition import Condition
from parity_study.experiments.series import SERIES
from parity_study.recheck import different_counts, recheck


@pytest.fixture
def thin(monkeypatch, tmp_path):
    """Return a folder with the results of two small experiments and a small series."""
    monkeypatch.setattr(padded_metric.run, "__defaults__", (20, 0))
    monkeypatch.setattr(course_loop.run, "__defaults__", (3, 4, 2))
    conditions = {str(length): Condition(cell="tanh", lengths=length, hidden_size=2, batch_size=4, max_updates=30)
                  for length in (9, 10, 11)}
    monkeypatch.setitem(SERIES, "pools", replace(SERIES["pools"], conditions=conditions, seeds=3))
    for name in ("padded_metric", "course_loop", "pools"):
        experiments.run(name, tmp_path, jobs=1)
    return tmp_path


@pytest.fixture
def seen(monkeypatch):
    """Return a list of the results on which claims are evaluated, in place of the book's claims, and what fails."""
    results, failing = [], []
    monkeypatch.setattr(rechecking, "failing_claims", lambda name, found: results.append(found) or failing)
    return results, failing


def content(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


def change(folder, name, value, *path):
    """Change a value in a result file."""
    results = place = content(folder, name)
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (folder / f"{name}.json").write_text(json.dumps(results))


@pytest.mark.parametrize(("name", "sample"), [
    ("padded_metric", {"settings": {}}), ("course_loop", {"settings": {}}),
    ("pools", {"conditions": ["9", "11"], "seeds": [0, 3]}),
])
def test_a_record_with_the_verdict_is_added_and_the_results_stay(thin, name, sample, seen):
    before = content(thin, name)
    record = recheck(name, thin, jobs=1)
    after = content(thin, name)
    assert seen[0] == [before["results"]] == [after["results"]], "the sample is equal on the same machine"
    assert (record["sample"], record["verdict"], record["version"]) == (sample, "holds", __version__)
    assert {"date", "versions", "cpu"} <= record.keys()
    recheck(name, thin, jobs=1)
    rechecked = content(thin, name)["provenance"].pop("rechecked")
    assert rechecked[0] == record
    assert len(rechecked) == 2
    assert {key: value for key, value in content(thin, name)["provenance"].items() if key != "rechecked"} == before[
        "provenance"]
    assert not [*thin.glob("*-unfinished")]


def test_claims_see_the_sample_in_place_of_the_stored_results(thin, seen):
    change(thin, "pools", 0.123, "results", "conditions", "11", "sequence_accuracy", 0)
    change(thin, "pools", 0.123, "results", "conditions", "10", "sequence_accuracy", 0)
    seen[1].append("a claim")
    record = recheck("pools", thin, jobs=1)
    conditions = seen[0][0]["conditions"]
    assert conditions["11"]["sequence_accuracy"][0] != 0.123
    assert conditions["10"]["sequence_accuracy"][0] == 0.123, "no part of the sample"
    assert (record["verdict"], record["failures"]) == ("fails", ["a claim"])
    assert content(thin, "pools")["provenance"]["rechecked"] == [record]
    assert content(thin, "pools")["results"]["conditions"]["11"]["sequence_accuracy"][0] == 0.123


def test_other_seeds_train_every_condition_again(thin, seen):
    stored = content(thin, "pools")["results"]["conditions"]
    record = recheck("pools", thin, jobs=1, other_seeds=True)
    assert record["sample"] == {"conditions": ["9", "10", "11"], "seeds": [10_000, 10_003]}
    fresh = seen[0][0]["conditions"]
    assert all(fresh[name]["sequence_accuracy"] != stored[name]["sequence_accuracy"] for name in stored)
    assert content(thin, "pools")["results"]["conditions"] == stored


def test_an_experiment_without_a_first_seed_has_no_other_seeds(thin):
    before = content(thin, "course_loop")
    with pytest.raises(ValueError, match="other_seeds must be False for course_loop"):
        recheck("course_loop", thin, jobs=1, other_seeds=True)
    assert content(thin, "course_loop") == before


@pytest.mark.parametrize(("name", "value", "path", "message"), [
    ("course_loop", 5, ("provenance", "settings", "cap"), "made with cap = 5, which is 4 now"),
    ("pools", 0.02, ("results", "defaults", "lr"), "made with lr = 0.02, which is 0.01 now"),
    ("pools", {}, ("results", "conditions"), "have no condition '9'"),
])
def test_results_of_other_settings_are_not_rechecked(thin, name, value, path, message):
    change(thin, name, value, *path)
    before = content(thin, name)
    with pytest.raises(ValueError, match=message):
        recheck(name, thin, jobs=1)
    assert content(thin, name) == before


def test_settings_that_the_code_or_the_file_does_not_know_are_ignored(thin, seen):
    change(thin, "pools", {"cell": "tanh", "backend": None}, "results", "conditions", "9", "settings")
    stored = content(thin, "pools")["results"]["defaults"]
    change(thin, "pools", stored | {"cell": "tanh", "lengths": 9, "hidden_size": 2, "batch_size": 4, "max_updates": 30},
           "results", "defaults")
    change(thin, "pools", {"lengths": 11}, "results", "conditions", "11", "settings")
    assert recheck("pools", thin, jobs=1)["verdict"] == "holds"


@pytest.mark.parametrize(("solved", "differs"), [(20, False), (15, False), (8, True), (0, True)])
def test_counts_differ_by_fishers_exact_test_at_a_thousandth(solved, differs):
    stored = {"conditions": {"a": {"seeds": 20, "solved": 20, "steps": []}, "b": {"seeds": 20, "solved": 0}}}
    derived = {"conditions": {"a": {"seeds": 20, "solved": solved, "steps": []}}}
    failure = f"conditions, a: {solved} of 20 seeds solved the task, but 20 of 20 in the stored results"
    assert list(different_counts(derived, stored)) == [failure] * differs


def test_the_command_evaluates_the_claims_of_the_book(thin, monkeypatch):
    monkeypatch.setattr(padded_metric.run, "__defaults__", (200, 0))
    experiments.run("padded_metric", thin)
    arguments = ["experiment", "padded_metric", "--recheck", "--out", str(thin)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "padded_metric: holds. Claims evaluated with the sample: 2." in done.output
    monkeypatch.setattr(padded_metric, "rounded", lambda value: value / 2)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "DOES NOT HOLD" in done.output
    record = content(thin, "padded_metric")["provenance"]["rechecked"][-1]
    assert record["verdict"] == "fails"
    assert record["failures"][0] in done.output


def test_a_claim_that_cannot_be_evaluated_does_not_hold(thin, monkeypatch):
    monkeypatch.setattr(padded_metric, "rounded", lambda value: None)
    experiments.run("padded_metric", thin)
    done = CliRunner().invoke(main, ["experiment", "padded_metric", "--recheck", "--out", str(thin)])
    assert done.exit_code == 1
    assert "TypeError" in done.output
