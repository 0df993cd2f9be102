"""The book's experiments, a file each, and the files in which their results are kept.

Every module here that is not named in ``SHARED`` is an experiment: its docstring
asks a question. Either it has a function ``run``, whose keyword arguments are its
settings and which returns plain numbers, lists and dicts; or it is a series and
has a function ``conditions``, which returns settings by name, each trained from
``SEEDS`` seeds. ``QUICK`` holds settings that take seconds instead of minutes and
give figures that mean nothing; ``SAMPLE`` what a recheck derives again. To add an
experiment, add a file.
"""

from __future__ import annotations

import importlib
import inspect
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from parity_lib.errors import require_choice
from parity_lib.experiments import sources
from parity_lib.experiments.results import load, provenance, results_folder, writable_folder, write

__all__ = ["defaults", "find", "is_series", "load", "names", "question", "results_folder", "run", "source_hash",
           "state", "writable_folder"]

SHARED = ("condition", "enumerated", "jobs", "nets", "recheck", "results", "signal_and_noise", "sources", "comparisons",
          "summaries")


def names() -> tuple[str, ...]:
    """Every experiment, in alphabetical order."""
    here = Path(__file__).parent.glob("*.py")
    return tuple(sorted(file.stem for file in here if file.stem not in (*SHARED, "__init__")))


def find(name: str) -> ModuleType:
    """The module of an experiment. Raises ValueError where there is none of this name."""
    require_choice("name", name, names())
    return importlib.import_module(f"{__name__}.{name}")


def is_series(name: str) -> bool:
    """Whether an experiment is a grid of conditions, trained seed by seed."""
    return hasattr(find(name), "conditions")


def question(name: str) -> str:
    """What an experiment asks: the first line of its file."""
    return find(name).__doc__.splitlines()[0]


def defaults(name: str) -> dict[str, Any]:
    """The settings of an experiment: the keyword arguments of its function, and the seeds of a series.

    >>> defaults("recipes")
    {'seeds': 20, 'cap': 3000}
    """
    module = find(name)
    function = module.conditions if is_series(name) else module.run
    settings = {key: parameter.default for key, parameter in inspect.signature(function).parameters.items()}
    return settings | {"seeds": module.SEEDS} if is_series(name) else settings


def source_hash(name: str) -> str:
    """A hash of the code behind an experiment."""
    return sources.source_hash(find(name).__name__)


def state(name: str, folder: Path | None = None) -> str:
    """What NAME.json is to the code as it stands: "current", "missing", "damaged" or "of other sources"."""
    try:
        made_by = load(name, "provenance", folder)["sources"]
    except FileNotFoundError:
        return "missing"
    except (ValueError, KeyError, TypeError):
        return "damaged"
    return "current" if made_by == source_hash(name) else "of other sources"


def run(name: str, folder: Path, quick: bool = False, scheduler: str | None = None, jobs: int = -1) -> Path:
    """Run an experiment with one torch thread, write ``folder/NAME.json`` and return its path.

    A series goes on where it was stopped; for ``scheduler`` and ``jobs`` see
    :func:`~parity_lib.experiments.jobs.train_series`. Raises ValueError where
    there is no experiment of this name.
    """
    module, behind = find(name), source_hash(name)
    settings = defaults(name) | (module.QUICK if quick else {})
    began = time.perf_counter()
    if not is_series(name):
        results = with_one_thread(module.run, **settings)
        return _write(name, folder, results, settings, behind, began)
    from parity_lib.experiments.condition import QUICK_EXAMINATION, Examination
    from parity_lib.experiments.jobs import FinishedJobs, train_series

    examination = QUICK_EXAMINATION if quick else Examination()
    finished = FinishedJobs(folder / "unfinished" / name, behind, examination)
    results = train_series(conditions(name, settings), settings["seeds"], finished, scheduler, jobs)
    path = _write(name, folder, results, settings | {"tests": asdict(examination)}, behind, began)
    finished.remove()
    return path


def conditions(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The conditions of a series by name, under these settings."""
    return find(name).conditions(**{key: value for key, value in settings.items() if key != "seeds"})


def with_one_thread(function: Callable[..., Any], **settings: Any) -> Any:
    """What a function returns with one torch thread; the threads are given back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return function(**settings)
    finally:
        torch.set_num_threads(threads)


def _write(name: str, folder: Path, results: Any, settings: dict[str, Any], behind: str, began: float) -> Path:
    made = provenance(settings, behind, time.perf_counter() - began)
    return write(folder / f"{name}.json", {"results": results, "provenance": made})
