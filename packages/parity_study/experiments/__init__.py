"""The experiments of the book, one module each, and the registry that finds and runs them.

Every module of this package that is not named in ``SHARED`` is an experiment. The
first line of its docstring is the question that it answers. It has either

- ``CONDITIONS``, training conditions by name, each of which is trained from ``SEEDS``
  seeds: such an experiment is called a series; or
- a function ``run``, whose keyword arguments are the settings, and which returns
  numbers, lists and dicts, as JSON can hold them; and ``QUICK``, settings for tests,
  which take seconds and give meaningless numbers.

``SAMPLE`` is the part that a recheck derives again: names of conditions for a series
(by default the first and the last), settings for another experiment (by default those
of the whole). To add an experiment, add a module.
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

SHARED = ("comparisons", "condition", "enumerated", "jobs", "recheck", "result_files", "signal_and_noise",
          "summaries", "trained_networks")
QUICK_SEEDS, QUICK_UPDATES = 2, 20


def names() -> tuple[str, ...]:
    """Return the names of all experiments in alphabetical order."""
    modules = {file.stem for file in Path(__file__).parent.glob("*.py")}
    return tuple(sorted(modules - {*SHARED, "__init__"}))


def find(name: str) -> ModuleType:
    """Return the module of an experiment. Raises ValueError if there is no experiment of this name."""
    require_choice("name", name, names())
    return importlib.import_module(f"{__name__}.{name}")


def question(name: str) -> str:
    """Return the question that an experiment answers."""
    return find(name).__doc__.splitlines()[0]


def is_series(name: str) -> bool:
    """Return whether an experiment trains conditions, each from many seeds."""
    return hasattr(find(name), "CONDITIONS")


def conditions(name: str, quick: bool = False) -> dict[str, Any]:
    """Return the conditions of a series by name; if ``quick``, two of them with few updates, for tests."""
    every = find(name).CONDITIONS
    return {key: replace(every[key], max_steps=QUICK_UPDATES) for key in list(every)[:2]} if quick else every


def defaults(name: str) -> dict[str, Any]:
    """Return the default settings of an experiment: the number of seeds of a series, or the arguments of ``run``.

    >>> defaults("recipes")
    {'seeds': 20, 'cap': 3000}
    """
    if is_series(name):
        return {"seeds": find(name).SEEDS}
    return {key: parameter.default for key, parameter in inspect.signature(find(name).run).parameters.items()}


def run(name: str, folder: Path, quick: bool = False, scheduler: str | None = None, jobs: int = -1) -> Path:
    """Run an experiment, write ``folder/NAME.json`` and return its path.

    If a series was stopped, it continues where it was. ``scheduler`` and ``jobs`` are
    described at :func:`~parity_study.experiments.jobs.train_series`. Raises ValueError if
    there is no experiment of this name.
    """
    from parity_study.experiments.condition import EVALUATION
    from parity_study.experiments.jobs import FinishedJobs, train_series

    began = time.perf_counter()
    finished = FinishedJobs(folder / "unfinished" / name)
    if is_series(name):
        settings = {"seeds": QUICK_SEEDS if quick else find(name).SEEDS, "tests": EVALUATION}
        results = train_series(conditions(name, quick), settings["seeds"], finished, scheduler, jobs)
    else:
        settings = defaults(name) | (find(name).QUICK if quick else {})
        results = run_settings(name, settings)
    path = write(folder / f"{name}.json",
                 {"results": results, "provenance": provenance(settings, time.perf_counter() - began)})
    finished.remove()
    return path


def run_settings(name: str, settings: dict[str, Any]) -> Any:
    """Return the results of an experiment that is not a series, computed with one PyTorch thread."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return find(name).run(**settings)
    finally:
        torch.set_num_threads(threads)
