"""Test that a recheck derives a sample again, compares its counts and evaluates the claims with the sample."""

import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_lib import __version__
from parity_study import experiments
from parity_study import recheck as rechecking
from parity_study.claims import failing_claims
from parity_study.experiments import course_loop
from parity_study.experiments.condition import Condition
from parity_study.experiments.series import SERIES
from parity_study.recheck import different_counts, recheck
from parity_study.results import FOLDER, load


@pytest.fixture
def thin(monkeypatch, tmp_path):
    """Return a folder with the results of a small experiment and a small series."""
    monkeypatch.setattr(course_loop.run, "__defaults__", (3, 4, 2))
    conditions = {str(length): Condition(cell="tanh", lengths=length, hidden_size=2, batch_size=4, max_updates=30)
                  for length in (9, 10, 11)}
    monkeypatch.setitem(SERIES, "pools", replace(SERIES["pools"], conditions=conditions, seeds=3))
    for name in ("course_loop", "pools"):
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
    ("course_loop", {"settings": {}}), ("pools", {"conditions": ["9", "11"], "seeds": [0, 3]}),
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


@pytest.mark.parametrize(("solved", "differs"), [(20, False), (15, False), (8, True), (0, True)])
def test_counts_differ_by_fishers_exact_test_at_a_thousandth(solved, differs):
    stored = {"conditions": {"a": {"seeds": 20, "solved": 20, "steps": []}, "b": {"seeds": 20, "solved": 0}}}
    derived = {"conditions": {"a": {"seeds": 20, "solved": solved, "steps": []}}}
    failure = f"conditions, a: {solved} of 20 seeds solved the task, but 20 of 20 in the stored results"
    assert list(different_counts(derived, stored)) == [failure] * differs


def recheck_course_loop(folder, monkeypatch, new_count):
    """Recheck results of the book by the command, with ``new_count(count)`` successes in the sample."""
    sample = {name: row | {"solved": new_count(row["solved"])} for name, row in load("course_loop").items()}
    monkeypatch.undo()
    monkeypatch.setattr(course_loop, "run", lambda seeds=20, cap=15_000, validate_every=1000: sample)
    shutil.copy(FOLDER / "course_loop.json", folder)
    return CliRunner().invoke(main, ["experiment", "course_loop", "--recheck", "--out", str(folder)])


def test_the_command_evaluates_the_claims_of_the_book(tmp_path, monkeypatch):
    done = recheck_course_loop(tmp_path, monkeypatch, lambda solved: solved)
    assert done.exit_code == 0, done.output
    assert "course_loop: holds. Claims evaluated with the sample: 2." in done.output
    done = recheck_course_loop(tmp_path, monkeypatch, lambda solved: 20)
    assert done.exit_code == 1
    assert "DOES NOT HOLD" in done.output
    record = content(tmp_path, "course_loop")["provenance"]["rechecked"][-1]
    assert record["verdict"] == "fails"
    assert record["failures"][0] in done.output


def test_a_claim_that_cannot_be_evaluated_does_not_hold():
    results = load("course_loop")
    results["fixed"]["solved"] = None
    assert any("TypeError" in failure for failure in failing_claims("course_loop", results))
