"""The conditions of a series, some seeds a job, on all cores of a machine or on many machines.

What a job found is kept in a file until the series is complete, so that a run
that was stopped goes on where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib

from parity_lib.experiments.condition import Condition, Examination
from parity_lib.experiments.enumerated import Enumerated
from parity_lib.experiments.results import write
from parity_lib.training import progress_bar

CONNECT_SECONDS = 20


@dataclass(frozen=True)
class Job:
    """Some seeds of one condition."""

    name: str
    condition: Condition | Enumerated
    seeds: range


class FinishedJobs:
    """What finished jobs found, a file each, until the series is complete.

    A file is found again by a hash of its job and of the sources, and carries a
    hash of its content: one that was damaged, or is of other sources, is not
    used. (joblib.Memory notices no damage, and writes where a worker runs, which
    on a cluster is another machine.)
    """

    def __init__(self, folder: Path, sources: str, examination: Examination) -> None:
        self.folder, self.sources, self.examination = folder, sources, examination

    def _path(self, job: Job) -> Path:
        key = [asdict(job.condition), [job.seeds.start, job.seeds.stop], asdict(self.examination), self.sources]
        return self.folder / f"{digest(key)}.json"

    def read(self, job: Job) -> list[dict[str, Any]] | None:
        """The rows of a finished job, or None."""
        try:
            content = json.loads(self._path(job).read_text(encoding="utf-8"))
            whole = content["hash"] == digest(content["rows"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return content["rows"] if whole else None

    def write(self, job: Job, rows: list[dict[str, Any]]) -> None:
        """Keep the rows of a job."""
        write(self._path(job), {"hash": digest(rows), "rows": rows})

    def remove(self) -> None:
        """Forget all of them, once they are no longer needed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()


def digest(content: Any) -> str:
    """A hash of what JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=repr).encode()).hexdigest()[:20]


def train_series(conditions: dict[str, Condition | Enumerated], seeds: int, finished: FinishedJobs,
                 scheduler: str | None = None, jobs: int = -1) -> dict[str, Any]:
    """Train every condition from seeds 0, 1, ... and gather what they found.

    Uses ``jobs`` processes (-1: one a core), or the workers of the Dask
    scheduler at an address such as ``tcp://host:8786``, which need this package.
    The results are the same either way: ``{"defaults": the usual settings,
    "conditions": {name: what the condition gathers}}``. Raises OSError where there
    is no such scheduler, and ImportError where Dask is missing.
    """
    todo = [Job(name, condition, range(start, min(start + condition.seeds_a_job, seeds)))
            for name, condition in conditions.items() for start in range(0, seeds, condition.seeds_a_job)]
    found = _all_jobs(todo, finished, scheduler, jobs)
    rows = {name: [row for job in todo if job.name == name for row in found[job]] for name in conditions}
    kind = type(next(iter(conditions.values())))
    return {"defaults": asdict(kind()),
            "conditions": {name: condition.gathered(rows[name]) for name, condition in conditions.items()}}


def _all_jobs(todo: list[Job], finished: FinishedJobs, scheduler: str | None, jobs: int) -> dict[Job, list]:
    """What every job found: read where it is kept, trained where it is not."""
    found = {job: rows for job in todo if (rows := finished.read(job)) is not None}
    missing = [job for job in todo if job not in found]
    bar = progress_bar(len(todo), None, initial=len(found), desc=finished.folder.name, unit="job", leave=True)
    work = [joblib.delayed(_work)(number, job, finished.examination) for number, job in enumerate(missing)]
    with bar, _workers(scheduler, jobs) as parallel:
        for number, rows in parallel(work):
            finished.write(missing[number], rows)
            found[missing[number]] = rows
            bar.update()
    return found


def _work(number: int, job: Job, examination: Examination) -> tuple[int, list[dict[str, Any]]]:
    return number, job.condition.rows(job.seeds, examination)


@contextlib.contextmanager
def _workers(scheduler: str | None, jobs: int) -> Iterator[joblib.Parallel]:
    """joblib on this machine's cores, or on a Dask cluster."""
    if scheduler is None:
        yield joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        return
    with _connected(scheduler), joblib.parallel_config(backend="dask"):
        yield joblib.Parallel(return_as="generator_unordered", batch_size=1)


def _connected(scheduler: str) -> Any:
    """A client of the Dask scheduler at this address."""
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("a scheduler needs Dask: pip install -e '.[cluster]'") from None
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, AssertionError) as error:      # distributed before 2025.2 asserts the protocol
        raise OSError(f"scheduler must be the address of a Dask scheduler that runs, such as tcp://host:8786, "
                      f"but it is {scheduler!r}: {error}") from None
