"""The book's experiments, with functions to find and run them.

An experiment is either

- a series of training conditions, a row of :data:`~parity_study.experiments.series.SERIES`;
- a row of :data:`~parity_study.experiments.verdicts.VERDICTS`, which counts verdicts; or
- a module of this package that is not named in ``SHARED``. The first line of its docstring is the question that it
  answers. It has a function ``run``, whose keyword arguments are the settings, and which returns numbers, lists and
  dicts that can be written as JSON; and ``QUICK``, settings for tests, with which it takes seconds and gives
  meaningless numbers. ``SAMPLE`` has settings with which a recheck derives a part of the results again.
"""

import importlib
import inspect
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from parity_lib.errors import require_choice
from parity_study.experiments.condition import EVALUATION
from parity_study.experiments.jobs import train_series
from parity_study.experiments.series import SERIES
from parity_study.experiments.verdicts import VERDICTS
from parity_study.results import provenance, write

SHARED = ("condition", "jobs", "series", "summaries", "tasks", "verdicts")
QUICK_SEEDS, QUICK_UPDATES = 2, 20


def names() -> tuple[str, ...]:
    """Return the names of all experiments in alphabetical order."""
    modules = {file.stem for file in Path(__file__).parent.glob("*.py")}
    return tuple(sorted(SERIES.keys() | VERDICTS.keys() | modules - {*SHARED, "__init__"}))


def find(name: str) -> Any:
    """Return an experiment that is not a series; it may be a module. Raises ValueError for an unknown name."""
    require_choice("name", name, names())
    return VERDICTS.get(name) or importlib.import_module(f"{__name__}.{name}")


def question(name: str) -> str:
    """Return the question that an experiment answers. Raises ValueError if there is no experiment with this name."""
    return SERIES[name].question if name in SERIES else str(find(name).__doc__).splitlines()[0]


def conditions(name: str, quick: bool = False) -> dict[str, Any]:
    """Return the training conditions of a series. If ``quick`` is true, return only two, with few updates."""
    all_conditions = dict(SERIES[name].conditions)
    if not quick:
        return all_conditions
    return {key: replace(all_conditions[key], max_updates=QUICK_UPDATES) for key in list(all_conditions)[:2]}


def defaults(name: str) -> dict[str, Any]:
    """Return the default settings of an experiment.

    They are the number of seeds of a series, or the arguments of ``run``.

    >>> defaults("recipes")
    {'seeds': 20, 'cap': 3000}
    """
    if name in SERIES:
        return {"seeds": SERIES[name].seeds}
    return {key: parameter.default for key, parameter in inspect.signature(find(name).run).parameters.items()}


def run(name: str, folder: Path, quick: bool = False, scheduler: str | None = None, jobs: int = -1) -> Path:
    """Run an experiment and write its results to a JSON file.

    Returns the path of the file, ``folder/NAME.json``. A series that was interrupted continues where it stopped.
    ``quick`` runs the experiment for seconds with meaningless numbers, as a test. ``scheduler`` and ``jobs`` are
    explained at :func:`~parity_study.experiments.jobs.train_series`. Raises ValueError if there is no experiment of
    this name.
    """
    start = time.perf_counter()
    unfinished = folder / f"{name}-unfinished"
    if name in SERIES:
        settings: dict[str, Any] = {"seeds": QUICK_SEEDS if quick else SERIES[name].seeds, "tests": EVALUATION}
        seeds = range(first := SERIES[name].first_seed, first + settings["seeds"])
        results = train_series(conditions(name, quick), seeds, unfinished, scheduler, jobs)
        results |= SERIES[name].extras
    else:
        settings = defaults(name) | (find(name).QUICK if quick else {})
        results = run_settings(name, settings)
    path = write(folder / f"{name}.json",
                 {"results": results, "provenance": provenance(settings, time.perf_counter() - start)})
    shutil.rmtree(unfinished, ignore_errors=True)
    return path


def run_settings(name: str, settings: dict[str, Any]) -> Any:
    """Run an experiment (not a series) with the given settings, and return its results."""
    from parity_lib.training import single_thread

    with single_thread():
        return find(name).run(**settings)
