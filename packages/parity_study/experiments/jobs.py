"""Training the conditions of a series in jobs of a few seeds, on all cores of this machine or on a Dask cluster.

The rows of a finished job stay in a file until the series is complete, so that a
run that was stopped continues where it was.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib

from parity_lib.progress import progress_bar
from parity_lib.version import __version__
from parity_study.experiments.condition import EVALUATION, Condition
from parity_study.experiments.enumerated import Enumerated
from parity_study.experiments.result_files import write

CONNECT_SECONDS = 20


@dataclass(frozen=True)
class Job:
    """Some seeds of one condition."""

    name: str
    condition: Condition | Enumerated
    seeds: range


class FinishedJobs:
    """The rows of finished jobs, one file each, until the series is complete.

    The name of a file is a hash of its job's settings and of the version of this
    library, and the file contains a hash of its rows. A file that is damaged, or
    belongs to other settings or another version, is ignored. Delete the folder if you
    change the code within a version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, job: Job) -> Path:
        key = [asdict(job.condition), job.seeds.start, job.seeds.stop, EVALUATION, __version__]
        return self.folder / f"{digest(key)}.json"

    def read(self, job: Job) -> list[dict[str, Any]] | None:
        """Return the rows of a job, or None if no intact file holds them."""
        try:
            content = json.loads(self._path(job).read_text(encoding="utf-8"))
            intact = content["hash"] == digest(content["rows"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return content["rows"] if intact else None

    def write(self, job: Job, rows: list[dict[str, Any]]) -> None:
        """Keep the rows of a job."""
        write(self._path(job), {"hash": digest(rows), "rows": rows})

    def remove(self) -> None:
        """Delete all files of the series, and the folder above them if it is empty then."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()


def digest(content: Any) -> str:
    """Return a hash of a value that JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=repr).encode()).hexdigest()[:20]


def train_series(conditions: dict[str, Condition | Enumerated], seeds: int, finished: FinishedJobs,
                 scheduler: str | None = None, jobs: int = -1) -> dict[str, Any]:
    """Train every condition from the seeds 0, 1, ..., and summarise the runs of each condition.

    Uses ``jobs`` processes (-1: one per core), or the workers of the Dask scheduler at an
    address such as ``tcp://host:8786``; the workers need this package. The results do not
    depend on the choice. Returns ``{"defaults": the default settings, "conditions":
    {name: summary}}``. Raises OSError if there is no such scheduler, and ImportError if
    Dask is not installed.
    """
    todo = [Job(name, condition, range(start, min(start + condition.seeds_per_job, seeds)))
            for name, condition in conditions.items() for start in range(0, seeds, condition.seeds_per_job)]
    rows = _train_jobs(todo, finished, scheduler, jobs)
    kind = type(next(iter(conditions.values())))
    return {"defaults": asdict(kind()),
            "conditions": {name: condition.summarise([row for job in todo if job.name == name for row in rows[job]])
                           for name, condition in conditions.items()}}


def _train_jobs(todo: list[Job], finished: FinishedJobs, scheduler: str | None, jobs: int) -> dict[Job, list]:
    rows = {job: kept for job in todo if (kept := finished.read(job)) is not None}
    bar = progress_bar(len(todo), None, initial=len(rows), desc=finished.folder.name, unit="job", leave=True)
    tasks = [joblib.delayed(_train_job)(job) for job in todo if job not in rows]
    with bar, _workers(scheduler, jobs) as parallel:
        for job, new_rows in parallel(tasks):
            finished.write(job, new_rows)
            rows[job] = new_rows
            bar.update()
    return rows


def _train_job(job: Job) -> tuple[Job, list[dict[str, Any]]]:
    return job, job.condition.train(job.seeds)


@contextlib.contextmanager
def _workers(scheduler: str | None, jobs: int) -> Iterator[joblib.Parallel]:
    """Provide a joblib.Parallel for this machine's cores or for a Dask cluster."""
    options = {"return_as": "generator_unordered", "batch_size": 1}
    if scheduler is None:
        yield joblib.Parallel(n_jobs=jobs, **options)
        return
    with _connected(scheduler), joblib.parallel_config(backend="dask"):
        yield joblib.Parallel(**options)


def _connected(scheduler: str) -> Any:
    """Return a client of the Dask scheduler at this address."""
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("--scheduler needs Dask; install it with: pip install -e '.[cluster]'") from None
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, AssertionError) as error:      # distributed before 2025.2 asserts the protocol
        raise OSError("scheduler must be the address of a running Dask scheduler, such as tcp://host:8786, but it is "
                      f"{scheduler!r}: {error}") from None
