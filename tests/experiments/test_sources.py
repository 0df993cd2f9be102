"""The hash of the sources: which modules stand behind an experiment."""

import pytest

from parity_lib import experiments
from parity_lib.experiments import sources
from parity_lib.experiments.sources import imported, modules_behind, source_hash

NAMES = experiments.names()
CORE = {f"parity_lib.{name}" for name in ("data", "errors", "models", "padding", "training")}


@pytest.fixture
def altered(monkeypatch):
    """Which experiments have another hash once a line is added to a module."""
    def changed(module):
        before = {name: experiments.source_hash(name) for name in NAMES}
        real = sources.read
        with monkeypatch.context() as patch:
            patch.setattr(sources, "read", lambda name: real(name) + "\nTHING = 1\n" * (name == module))
            return {name for name in NAMES if experiments.source_hash(name) != before[name]}
    return changed


@pytest.mark.parametrize("module", sorted(CORE - {"parity_lib.padding", "parity_lib.training"}))
def test_the_core_is_behind_every_experiment_that_trains(altered, module):
    assert altered(module) >= set(NAMES) - {"guessing"}


def test_an_experiment_is_behind_itself_alone(altered):
    assert altered("parity_lib.experiments.recipes") == {"recipes"}
    assert altered("parity_lib.experiments.pools") == {"pools"}


def test_the_ensemble_is_behind_the_series_and_what_trains_or_reads_many_nets_at_once(altered):
    others = {"certificates", "label_signal", "right_for_ever", "signal_in_training"}
    assert altered("parity_lib.ensemble") == {*filter(experiments.is_series, NAMES), *others}


@pytest.mark.parametrize("module", ["cli", "bench", "figures", "experiments", "experiments.comparisons",
                                    "experiments.results", "experiments.jobs", "experiments.recheck"])
def test_what_makes_no_number_is_behind_none(altered, module):
    assert sources.path_of(f"parity_lib.{module}")
    assert altered(f"parity_lib.{module}") == set()


def test_modules_are_followed_through_what_they_import():
    behind = modules_behind("parity_lib.experiments.two_by_two")
    assert behind >= CORE | {"parity_lib.ensemble", "parity_lib.experiments.condition", "parity_lib.experiments.nets"}
    assert "parity_lib" not in behind


@pytest.mark.parametrize(("source", "names"), [
    ("import numpy\nfrom torch import nn", []),
    ("import parity_lib.data", ["parity_lib.data"]),
    ("from parity_lib import data, models as m", ["parity_lib.data", "parity_lib.models"]),
    ("from parity_lib import ParityTask", ["parity_lib"]),
    ("def f():\n    from parity_lib.data import ParityTask", ["parity_lib.data"]),
    ("from parity_lib.experiments import load", ["parity_lib.experiments"]),
])
def test_imports_are_found_wherever_they_stand(source, names):
    assert list(imported(source)) == names


def test_a_module_of_another_library_has_no_hash_here():
    with pytest.raises(ModuleNotFoundError, match="numpy is no module of parity_lib"):
        source_hash("numpy")
