"""Test the modules of the experiments, the functions that run them, and the command."""

import json
import re
import subprocess
import sys
from functools import partial
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_lib import __version__
from parity_study import experiments, results, trained_networks
from parity_study.experiments import packing
from parity_study.experiments.series import SERIES
from parity_study.results import load
from tests.study.experiments.conftest import REPRESENTATIVE, run_quickly

NAMES = experiments.names()


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_asks_a_question_and_can_be_run(name):
    assert re.search(r"\?( |$)", experiments.question(name))
    if name in SERIES:
        assert set(SERIES[name].sample) <= experiments.conditions(name).keys()
    else:
        module = experiments.find(name)
        assert {*getattr(module, "SAMPLE", ()), *module.QUICK} <= experiments.defaults(name).keys()


def test_loading_results_imports_no_experiment():
    code = ("import sys; from parity_study.results import load; load('recipes'); "
            "print([name for name in ('ensemble', 'extraction', 'certify', 'experiments.jobs', 'experiments.recipes') "
            "if 'parity_study.' + name in sys.modules] + ['scipy.stats'] * ('scipy.stats' in sys.modules))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# Quick runs compared with the committed files


def shape(value):
    """Return the keys and types of a result, regardless of its numbers and its number of seeds."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        kinds = [shape(part) for part in value if part is not None]  # None stands for a number that was not reached
        assert all(same_shape(kind, kinds[0]) for kind in kinds), value
        return ["list of", kinds[0] if kinds else None]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def same_shape(first, second):
    """Return whether two shapes agree, where None and an empty list agree with everything that may replace them."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same_shape(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return first[1] is None or second[1] is None or same_shape(first[1], second[1])
    return first == second or "NoneType" in (first, second)


def without_settings(value):
    """Return results without their settings, which differ in a quick run, and the distances, which older files lack."""
    if isinstance(value, dict):
        return {key: without_settings(part) for key, part in value.items() if key not in ("settings", "moved")}
    return value


@pytest.mark.parametrize("name", [
    name if name in REPRESENTATIVE else pytest.param(name, marks=pytest.mark.weekly) for name in NAMES])
def test_a_quick_run_has_the_form_of_the_committed_results(name, tmp_path):
    quick = run_quickly(tmp_path, name)
    committed, thin = (json.loads((folder / f"{name}.json").read_text()) for folder in (results.FOLDER, quick))
    assert thin["provenance"].keys() == committed["provenance"].keys() - {"rechecked"}
    if name in SERIES:
        present = thin["results"]["defaults"]      # a file may be older than a setting, but no default may change
        committed["results"]["defaults"].pop("backend", None)     # of a file that was made when there were several
        assert present | committed["results"]["defaults"] == present
        stored = {key: committed["results"]["conditions"][key] for key in thin["results"]["conditions"]}
        pairs = zip(thin["results"]["conditions"].values(), stored.values(), strict=True)
    else:
        pairs = [(thin["results"], committed["results"])]
    for fresh, stored in pairs:
        assert same_shape(shape(without_settings(fresh)), shape(without_settings(stored)))


@pytest.mark.parametrize("name", NAMES)
def test_committed_results_were_made_with_the_present_settings_and_hold(name):
    made, content = load(name, "provenance"), load(name)
    settings = json.loads(json.dumps(experiments.defaults(name)))
    assert {key: made["settings"].get(key, value) for key, value in settings.items()} == settings
    assert made["torch_threads"] == 1
    assert all(record.get("verdict", "holds") == "holds" for record in made.get("rechecked", [])[-1:])
    if name in SERIES:
        conditions = experiments.conditions(name)
        assert list(conditions) == list(content["conditions"])
        for key, condition in conditions.items():
            stored = dict(content["conditions"][key]["settings"])
            stored.pop("backend", None)     # of a file that was made when there were several
            assert json.loads(json.dumps(condition.changes())) == stored


def test_provenance_says_how_and_not_where(quick):
    made = load("recipes", "provenance", quick)
    assert made["settings"] == {"seeds": 2, "cap": 60}
    assert (made["version"], made["versions"]["torch"]) == (__version__, version("torch"))
    assert made["cpu"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["date"])
    assert not {"host", "hostname", "node", "user", "path"} & made.keys()


def test_the_same_settings_give_the_same_results(quick, tmp_path):
    trained_networks.trained.cache_clear()
    path = experiments.run("recipes", tmp_path, quick=True)
    assert load("recipes", folder=path.parent) == load("recipes", folder=quick)


# The command


def test_command_lists_every_experiment_with_its_question():
    done = CliRunner().invoke(main, ["experiment", "--list"])
    assert [line.split()[0] for line in done.output.splitlines()] == list(NAMES)
    assert "Does the book's training recipe always work?" in done.output


@pytest.mark.parametrize(("arguments", "message"), [
    (["experiment"], "name an experiment, or use --all"),
    (["experiment", "pools", "recipe"], f"name must be '{NAMES[0]}' or"),
    (["experiment", "recipes", "--quick"], "--quick requires --out"),
    (["experiment", "recipes", "--quick", "--recheck", "--out", "."], "--quick requires --out FOLDER and excludes"),
])
def test_command_names_wrong_arguments(arguments, message):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code in (1, 2)
    assert message in " ".join(done.output.split())


def test_bench_prints_the_ratio_of_packing_to_a_mask(monkeypatch):
    monkeypatch.setattr(packing, "run", partial(packing.run, **packing.QUICK))
    nets = json.loads(CliRunner().invoke(main, ["bench"]).stdout)
    assert nets.keys() == load("packing")["nets"].keys()
    assert all(row["ratio"] == pytest.approx(row["packed_us"] / row["masked_us"], rel=1e-3) for row in nets.values())
