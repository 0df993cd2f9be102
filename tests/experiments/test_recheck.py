"""Recheck: a file takes the new hash only where a part of it, derived again, is equal."""

import json

import pytest
from click.testing import CliRunner

from parity_lib import experiments
from parity_lib.cli import main
from parity_lib.experiments import condition, one_unit, padded_metric, pools
from parity_lib.experiments.condition import Condition, Examination
from parity_lib.experiments.recheck import compared, only, recheck


@pytest.fixture
def thin(monkeypatch, tmp_path):
    """A folder with a whole, a sampled and a gridded experiment, made by other sources."""
    monkeypatch.setattr(padded_metric.run, "__defaults__", (20, 0))
    monkeypatch.setattr(one_unit.run, "__defaults__", (3, 4, 5, 0.03))
    monkeypatch.setattr(one_unit, "SAMPLE", {"seeds": 2})
    conditions = {name: Condition("tanh", lengths, hidden_size=2, batch_size=4, max_steps=30)
                  for name, lengths in {"one": 1, "two": 2, "three": 3}.items()}
    monkeypatch.setattr(pools, "conditions", lambda max_steps=0: conditions)
    monkeypatch.setattr(pools, "SEEDS", 3)
    monkeypatch.setattr(condition, "SEEDS_A_JOB", 2)
    monkeypatch.setattr(condition, "Examination", lambda: Examination(20, 60, 2))
    for name in ("padded_metric", "one_unit", "pools"):
        experiments.run(name, tmp_path, jobs=1)
        change(tmp_path, name, "0123456789abcdef", "provenance", "sources")
    return tmp_path


def content(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


def change(folder, name, value, *path):
    """Write another value into a file."""
    whole = content(folder, name)
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (folder / f"{name}.json").write_text(json.dumps(whole))


@pytest.mark.parametrize(("name", "sample"), [
    ("padded_metric", {"settings": {}}),
    ("one_unit", {"settings": {"seeds": 2}, "of_each_seed": ["steps", "bit_accuracy"]}),
    ("pools", {"conditions": ["one", "three"], "seeds": [0, 2],
               "of_each_seed": ["steps", "bit_accuracy", "sequence_accuracy", "far"]}),
])
def test_equal_numbers_give_the_file_the_new_hash_and_a_record(thin, name, sample):
    before = content(thin, name)
    assert experiments.state(name, thin) == "of other sources"
    record = recheck(name, thin)
    after = content(thin, name)
    assert experiments.state(name, thin) == "current"
    assert after["results"] == before["results"]
    assert after["provenance"]["rechecked"] == [record]
    assert after["provenance"]["date"] == before["provenance"]["date"]
    assert (record["earlier_sources"], record["sample"]) == ("0123456789abcdef", sample)
    assert record["numbers"] >= 12
    recheck(name, thin)
    assert [one["earlier_sources"] for one in content(thin, name)["provenance"]["rechecked"]] == [
        "0123456789abcdef", experiments.source_hash(name)]


@pytest.mark.parametrize(("name", "path"), [
    ("padded_metric", ("results", "evaluation", "uniform", "accuracy_on_real")),
    ("one_unit", ("results", "gru", "bit_accuracy", 1)),
    ("pools", ("results", "conditions", "three", "sequence_accuracy", 0)),
])
def test_the_first_number_that_differs_is_named_and_nothing_is_changed(thin, name, path):
    change(thin, name, 0.123, *path)
    before = content(thin, name)
    where = path[0] + "".join(f"[{key!r}]" for key in path[1:])
    with pytest.raises(ValueError, match="run the experiment again") as caught:
        recheck(name, thin)
    assert f"{name}.json: {where} is 0.123 in the file and" in str(caught.value)
    assert content(thin, name) == before


def test_other_settings_and_other_conditions_need_a_new_run(thin, monkeypatch):
    change(thin, "one_unit", 5, "provenance", "settings", "cap")
    with pytest.raises(ValueError, match="one_unit was made with cap = 5, which is 4 now"):
        recheck("one_unit", thin)
    change(thin, "pools", 21, "provenance", "settings", "tests", "strings")
    with pytest.raises(ValueError, match=r"pools was made with tests = .*21.* now: run it again"):
        recheck("pools", thin)
    change(thin, "pools", 20, "provenance", "settings", "tests", "strings")
    change(thin, "pools", 0.02, "results", "defaults", "lr")
    with pytest.raises(ValueError, match=r"pools was made with lr = 0.02, which is 0.01 now"):
        recheck("pools", thin)
    change(thin, "pools", 0.01, "results", "defaults", "lr")
    more = pools.conditions() | {"four": Condition()}
    monkeypatch.setattr(pools, "conditions", lambda max_steps=0: more)
    with pytest.raises(ValueError, match="pools has other conditions than its file, such as 'four'"):
        recheck("pools", thin)


def test_a_condition_that_is_described_anew_is_derived_again_too(thin):
    change(thin, "pools", {"cell": "gru"}, "results", "conditions", "two", "settings")
    record = recheck("pools", thin)
    assert record["sample"]["conditions"] == ["one", "three", "two"]
    assert content(thin, "pools")["results"]["conditions"]["two"]["settings"]["cell"] == "tanh"
    change(thin, "pools", {"cell": "gru"}, "results", "conditions", "two", "settings")
    change(thin, "pools", 0.123, "results", "conditions", "two", "bit_accuracy", 0)
    with pytest.raises(ValueError, match="'two'"):
        recheck("pools", thin)


def test_the_command_says_how_many_numbers_were_equal(thin):
    done = CliRunner().invoke(main, ["experiment", "padded_metric", "--recheck", "--out", str(thin)])
    assert done.exit_code == 0, done.output
    assert "padded_metric: 28 numbers derived again and equal" in done.output
    change(thin, "padded_metric", 0.5, "results", "training", "uniform", "padding_share")
    done = CliRunner().invoke(main, ["experiment", "padded_metric", "--recheck", "--out", str(thin)])
    assert done.exit_code == 1
    assert "['padding_share'] is 0.5 in the file" in done.output


@pytest.mark.parametrize(("found", "stored", "numbers"), [
    ({"a": [1, 2]}, {"a": [1, 2, 3], "b": 4}, 2), ({"a": {"b": None}}, {"a": {"b": None}}, 1),
    ([[1], []], [[1, 2], [3]], 1),
])
def test_the_file_may_hold_more(found, stored, numbers, tmp_path):
    assert compared(found, stored, tmp_path) == numbers


@pytest.mark.parametrize(("found", "stored"), [
    ({"a": [1, 2]}, {"a": [1]}), ({"a": 1}, {"b": 1}), ({"a": 1}, {"a": 1.5}), (None, 1), (True, 1), ([1], {"a": 1}),
])
def test_less_or_other_is_a_difference(found, stored, tmp_path):
    with pytest.raises(ValueError, match="in the file and"):
        compared(found, stored, tmp_path)


def test_what_is_kept_for_comparison():
    assert only({"a": {"steps": [1], "median": 2}, "b": {"c": 3}, "steps": [4]}, ("steps",)) == {
        "a": {"steps": [1]}, "steps": [4]}
