"""The registry: a file an experiment, one way to run them all, and the command."""

import json
import re
import subprocess
import sys

import pytest
import torch
from click.testing import CliRunner

from parity_lib import experiments
from parity_lib.cli import main
from parity_lib.experiments import nets, results
from tests.shapes import same_shape, shape

NAMES = experiments.names()


# A file an experiment


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_asks_a_question_and_can_be_run(name):
    module = experiments.find(name)
    assert experiments.question(name)[-1] in "?.)"
    assert hasattr(module, "run") != hasattr(module, "conditions")
    assert module.QUICK.keys() <= experiments.defaults(name).keys()


def test_what_several_share_is_no_experiment():
    assert not set(NAMES) & set(experiments.SHARED)
    assert {"recipes", "two_by_two", "published"} <= set(NAMES)
    for name in experiments.SHARED:
        assert not hasattr(__import__(f"parity_lib.experiments.{name}", fromlist=["QUICK"]), "QUICK")


def test_to_load_results_needs_no_experiment():
    code = ("import sys; from parity_lib.experiments import load; load('recipes'); "
            "print([name for name in ('ensemble', 'machine', 'certify', 'experiments.jobs', 'experiments.recipes') "
            "if 'parity_lib.' + name in sys.modules] + ['scipy.stats'] * ('scipy.stats' in sys.modules))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_unknown_name_is_an_error_that_lists_the_known(tmp_path):
    with pytest.raises(ValueError, match=rf"name must be '{NAMES[0]}' or .*'{NAMES[-1]}', but it is 'nothing'"):
        experiments.run("nothing", tmp_path)


# Thin runs beside the committed ones


def without_settings(value):
    """Results without what says how they were made, which a thin run does otherwise."""
    if isinstance(value, dict):
        return {key: without_settings(part) for key, part in value.items() if key != "settings"}
    return value


@pytest.mark.parametrize("name", NAMES)
def test_a_quick_run_has_the_form_of_the_committed_results(name, quick):
    committed, thin = (json.loads((folder / f"{name}.json").read_text()) for folder in (results.FOLDER, quick))
    made = committed["provenance"].keys() - {"rechecked"}
    assert thin["provenance"].keys() == made
    if experiments.is_series(name):
        assert thin["results"]["defaults"] == committed["results"]["defaults"]
        assert thin["results"]["conditions"].keys() <= committed["results"]["conditions"].keys()
        pairs = [(found | {"settings": 0}, committed["results"]["conditions"][key] | {"settings": 0})
                 for key, found in thin["results"]["conditions"].items()]
    else:
        pairs = [(without_settings(thin["results"]), without_settings(committed["results"]))]
    for found, stored in pairs:
        assert same_shape(shape(found), shape(stored))


@pytest.mark.parametrize(("one", "other", "agree"), [
    ({"a": [1, 2]}, {"a": [3]}, True), ({"a": []}, {"a": [[1], [2]]}, True), ({"a": [None]}, {"a": [1.5]}, True),
    ({"a": None}, {"a": 2}, True), ({"a": None}, {"a": {"b": 1}}, True),
    ({"a": [1]}, {"b": [1]}, False), ({"a": [1]}, {"a": 1}, False),
    ({"a": ["x"]}, {"a": [1]}, False), ({"a": True}, {"a": 1}, False),
])
def test_forms_agree_whatever_was_reached(one, other, agree):
    assert same_shape(shape(one), shape(other)) is agree


@pytest.mark.parametrize("name", NAMES)
def test_committed_results_come_from_these_sources_and_settings(name):
    made = experiments.load(name, "provenance")
    assert experiments.state(name) == "current", f"run: parity experiment {name} --recheck, or without --recheck"
    settings = json.loads(json.dumps(experiments.defaults(name)))
    assert {key: made["settings"][key] for key in settings} == settings
    assert made["torch_threads"] == 1


def test_provenance_says_how_and_not_where(quick):
    made = experiments.load("recipes", "provenance", quick)
    assert made["settings"] == {"seeds": 2, "cap": 60}
    assert made["versions"]["torch"] == torch.__version__
    assert made["cpu"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["date"])
    assert not {"host", "hostname", "node", "user", "path"} & made.keys()


def test_the_same_settings_give_the_same_results(quick, tmp_path):
    nets.trained.cache_clear()
    path = experiments.run("recipes", tmp_path, quick=True)
    assert experiments.load("recipes", folder=path.parent) == experiments.load("recipes", folder=quick)


def test_run_gives_the_threads_back(tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setattr(experiments.find("padded_metric"), "run", lambda batches, seed=0: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        experiments.run("padded_metric", tmp_path, quick=True)
    assert torch.get_num_threads() == threads
    assert not list(tmp_path.iterdir())


def test_state_tells_current_from_old_damaged_and_missing(quick, tmp_path):
    assert experiments.state("recipes", quick) == "current"
    assert experiments.state("recipes", tmp_path) == "missing"
    content = json.loads((quick / "recipes.json").read_text())
    content["provenance"]["sources"] = "0" * 16
    path = results.write(tmp_path / "recipes.json", content)
    assert experiments.state("recipes", tmp_path) == "of other sources"
    path.write_text(path.read_text()[:1000])
    assert experiments.state("recipes", tmp_path) == "damaged"


# The command


def test_command_lists_every_experiment_with_its_question():
    done = CliRunner().invoke(main, ["experiment", "--list"])
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines()] == list(NAMES)
    assert "always work?" in done.output


@pytest.mark.parametrize(("arguments", "message"), [
    (["experiment"], "name an experiment, or give --all"),
    (["experiment", "recipe"], f"no experiment is called recipe; there are: {', '.join(NAMES)}"),
    (["experiment", "recipes", "--quick"], "--quick needs --out"),
    (["experiment", "recipes", "--quick", "--recheck"], "--quick and --recheck exclude each other"),
])
def test_command_says_what_is_wrong(arguments, message):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_an_installed_package_is_not_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "CHECKOUT", tmp_path / "pyproject.toml")
    done = CliRunner().invoke(main, ["experiment", "padded_metric"])
    assert done.exit_code == 1
    assert "give a folder of your own: --out FOLDER" in done.output


def test_command_runs_as_a_program_anywhere(tmp_path):
    code = "from parity_lib.cli import main; main()"
    arguments = ["experiment", "padded_metric", "--quick", "--out", "here"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "here" / "padded_metric.json").is_file()
