"""Functions that train networks under every condition of a series, on all cores or on a Dask cluster.

A job trains networks from a few seeds under one condition, or under several of the same group. The results of finished
jobs stay in a folder until the series is complete, so that an interrupted run continues where it stopped.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import joblib

from parity_lib.progress import progress_bar
from parity_lib.version import __version__
from parity_study.experiments.condition import EVALUATION, Condition, Enumerated

CONNECT_SECONDS = 20


def train_series(conditions: Mapping[str, Condition | Enumerated], seeds: range, unfinished: Path,
                 scheduler: str | None = None, jobs: int = -1) -> dict[str, Any]:
    """Train networks under every condition of a series and summarise the results.

    Each condition is trained from each of ``seeds``. The training runs in ``jobs`` processes (-1: one for each core),
    or on the workers of the Dask scheduler at the address ``scheduler``, such as ``tcp://host:8786``; the workers need
    this package. The results do not depend on this choice. Each worker keeps the results of finished jobs in the folder
    ``unfinished``, and does not repeat a job with the same settings, seeds and version of this library. Delete the
    folder if you change the code without changing the version. Returns ``{"defaults": the default settings,
    "conditions": {name: summary}}``. Raises OSError if no scheduler answers, and ImportError if Dask is not installed.
    """
    train = joblib.delayed(joblib.Memory(unfinished, verbose=0).cache(_train_job))
    groups: dict[str, list[str]] = {}
    for name, condition in conditions.items():
        groups.setdefault(condition.group(), []).append(name)
    all_jobs = [(names, seeds[start:start + size]) for names in groups.values()
                for size in [conditions[names[0]].seeds_per_job] for start in range(0, len(seeds), size)]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in conditions}
    with (progress_bar(len(all_jobs), None, desc=unfinished.name, unit="job", leave=True) as bar,
          _workers(scheduler, jobs) as parallel):
        finished = parallel(train([conditions[name] for name in names], [*part], EVALUATION, __version__)
                            for names, part in all_jobs)
        for (names, part), found in zip(all_jobs, finished, strict=True):
            for place, name in enumerate(names):
                rows[name] += found[place * len(part):(place + 1) * len(part)]
            bar.update()
    kind = type(next(iter(conditions.values())))
    return {"defaults": asdict(kind()),
            "conditions": {name: condition.summarise(rows[name]) for name, condition in conditions.items()}}


def _train_job(conditions: list[Any], seeds: list[int], *key: Any) -> list[dict[str, Any]]:
    """Train networks under the conditions of a group. ``key`` contains everything else that affects the results."""
    return conditions[0].train(range(seeds[0], seeds[-1] + 1), *conditions[1:])


@contextlib.contextmanager
def _workers(scheduler: str | None, jobs: int) -> Iterator[joblib.Parallel]:
    """Create a joblib.Parallel that uses local cores or a Dask cluster."""
    options = {"return_as": "generator", "batch_size": 1}
    if scheduler is None:
        yield joblib.Parallel(n_jobs=jobs, **options)
        return
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("--scheduler needs Dask; install it with: pip install -e '.[cluster]'") from None
    with Client(scheduler, timeout=CONNECT_SECONDS), joblib.parallel_config(backend="dask"):
        yield joblib.Parallel(**options)
