"""The book's experiments, with functions to find and run them.

Every module of this package that is not named in ``SHARED`` is an experiment. The first line of its docstring is the
question that it answers. It has either

- ``CONDITIONS``, a dict of training conditions by name, each of which is trained from
  ``SEEDS`` seeds: such an experiment is called a series; or
- a function ``run``, whose keyword arguments are the settings, and which returns
  numbers, lists and dicts that can be written as JSON; and ``QUICK``, settings for tests,
  with which it takes seconds and gives meaningless numbers.

``SAMPLE`` is the part of the results that a recheck derives again: for a series, names of conditions (by default the
first and the last); for another experiment, settings that differ from the defaults. To add an experiment, add a module.
"""

import importlib
import inspect
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from parity_lib.errors import require_choice
from parity_study.experiments.result_files import load, provenance, writable_folder, write

__all__ = ["conditions", "defaults", "find", "is_series", "load", "names", "question", "run", "run_settings",
           "writable_folder"]

SHARED = ("comparisons", "condition", "jobs", "recheck", "result_files", "signal_and_noise", "summaries",
          "trained_networks")
QUICK_SEEDS, QUICK_UPDATES = 2, 20


def names() -> tuple[str, ...]:
    """Return the names of all experiments in alphabetical order."""
    modules = {file.stem for file in Path(__file__).parent.glob("*.py")}
    return tuple(sorted(modules - {*SHARED, "__init__"}))


def find(name: str) -> ModuleType:
    """Import and return the module of an experiment."""
    require_choice("name", name, names())
    return importlib.import_module(f"{__name__}.{name}")


def question(name: str) -> str:
    """Return the question that an experiment answers."""
    return str(find(name).__doc__).splitlines()[0]


def is_series(name: str) -> bool:
    """Return True if an experiment is a series of training conditions."""
    return hasattr(find(name), "CONDITIONS")


def conditions(name: str, quick: bool = False) -> dict[str, Any]:
    """Return the training conditions of a series. If ``quick`` is true, return only two, with few updates."""
    all_conditions = find(name).CONDITIONS
    if not quick:
        return all_conditions
    return {key: replace(all_conditions[key], max_steps=QUICK_UPDATES) for key in list(all_conditions)[:2]}


def defaults(name: str) -> dict[str, Any]:
    """Return the default settings of an experiment.

    They are the number of seeds of a series, or the arguments of ``run``.

    >>> defaults("recipes")
    {'seeds': 20, 'cap': 3000}
    """
    if is_series(name):
        return {"seeds": find(name).SEEDS}
    return {key: parameter.default for key, parameter in inspect.signature(find(name).run).parameters.items()}


def run(name: str, folder: Path, quick: bool = False, scheduler: str | None = None, jobs: int = -1) -> Path:
    """Run an experiment and write its results to a JSON file.

    Returns the path of the file, ``folder/NAME.json``. A series that was interrupted continues where it stopped.
    ``quick`` runs the experiment for seconds with meaningless numbers, as a test. ``scheduler`` and ``jobs`` are
    explained at :func:`~parity_study.experiments.jobs.train_series`. Raises ValueError if there is no experiment of
    this name.
    """
    from parity_study.experiments.condition import EVALUATION
    from parity_study.experiments.jobs import FinishedJobs, train_series

    start = time.perf_counter()
    finished = FinishedJobs(folder / "unfinished" / name)
    if is_series(name):
        settings: dict[str, Any] = {"seeds": QUICK_SEEDS if quick else find(name).SEEDS, "tests": EVALUATION}
        results = train_series(conditions(name, quick), range(settings["seeds"]), finished, scheduler, jobs)
    else:
        settings = defaults(name) | (find(name).QUICK if quick else {})
        results = run_settings(name, settings)
    path = write(folder / f"{name}.json",
                 {"results": results, "provenance": provenance(settings, time.perf_counter() - start)})
    finished.remove()
    return path


def run_settings(name: str, settings: dict[str, Any]) -> Any:
    """Run an experiment that is not a series with the given settings, and return its results."""
    from parity_lib.training import use_single_thread

    with use_single_thread():
        return find(name).run(**settings)
