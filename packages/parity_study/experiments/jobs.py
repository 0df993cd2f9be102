"""Tools for running a series of training conditions in parallel.

They use all cores of this machine or a Dask cluster. A job trains a few seeds of one condition. The results of finished
jobs stay in files until the series is complete, so that an interrupted run continues where it stopped.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib

from parity_lib.progress import progress_bar
from parity_lib.version import __version__
from parity_study.experiments.condition import EVALUATION, Condition, Enumerated
from parity_study.experiments.result_files import write

CONNECT_SECONDS = 20


@dataclass(frozen=True)
class Job:
    """A job that trains networks from a few seeds under one condition."""

    name: str
    condition: Condition | Enumerated
    seeds: range


class FinishedJobs:
    """A store for the results of finished jobs in an unfinished series.

    There is one file for each job. The name of a file is a hash of the job's settings and of the version of this
    library, so results of other settings or another version are not used. Damaged files are ignored. Delete the folder
    if you change the code without changing the version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, job: Job) -> Path:
        key = [asdict(job.condition), job.seeds.start, job.seeds.stop, EVALUATION, __version__]
        digest = hashlib.sha256(json.dumps(key, sort_keys=True, default=repr).encode()).hexdigest()
        return self.folder / f"{digest[:20]}.json"

    def read(self, job: Job) -> list[dict[str, Any]] | None:
        """Return the stored results of a job, or None if there is no readable file."""
        try:
            return json.loads(self._path(job).read_text(encoding="utf-8"))["rows"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, job: Job, rows: list[dict[str, Any]]) -> None:
        """Store the results of a finished job."""
        write(self._path(job), {"rows": rows})

    def remove(self) -> None:
        """Delete the stored results of this series."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()


def train_series(conditions: Mapping[str, Condition | Enumerated], seeds: range, finished: FinishedJobs,
                 scheduler: str | None = None, jobs: int = -1) -> dict[str, Any]:
    """Train networks under all conditions of a series and summarise the results.

    Each condition is trained from each of ``seeds``. The training runs in ``jobs`` processes (-1: one for each core),
    or on the workers of the Dask scheduler at the address ``scheduler``, such as ``tcp://host:8786``; the workers need
    this package. The results do not depend on this choice. Returns
    ``{"defaults": the default settings, "conditions": {name: summary}}``. Raises OSError if no scheduler answers, and
    ImportError if Dask is not installed.
    """
    all_jobs = [Job(name, condition, seeds[start:start + condition.seeds_per_job])
                for name, condition in conditions.items() for start in range(0, len(seeds), condition.seeds_per_job)]
    rows = {job: stored_rows for job in all_jobs if (stored_rows := finished.read(job)) is not None}
    bar = progress_bar(len(all_jobs), None, initial=len(rows), desc=finished.folder.name, unit="job", leave=True)
    tasks = [joblib.delayed(_train_job)(job) for job in all_jobs if job not in rows]
    with bar, _workers(scheduler, jobs) as parallel:
        for job, new_rows in parallel(tasks):
            finished.write(job, new_rows)
            rows[job] = new_rows
            bar.update()
    kind = type(next(iter(conditions.values())))
    return {"defaults": asdict(kind()),
            "conditions": {name: condition.summarise([row for job in all_jobs if job.name == name for row in rows[job]])
                           for name, condition in conditions.items()}}


def _train_job(job: Job) -> tuple[Job, list[dict[str, Any]]]:
    return job, job.condition.train(job.seeds)


@contextlib.contextmanager
def _workers(scheduler: str | None, jobs: int) -> Iterator[joblib.Parallel]:
    """Create a joblib.Parallel that uses local cores or a Dask cluster."""
    options = {"return_as": "generator_unordered", "batch_size": 1}
    if scheduler is None:
        yield joblib.Parallel(n_jobs=jobs, **options)
        return
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("--scheduler needs Dask; install it with: pip install -e '.[cluster]'") from None
    with Client(scheduler, timeout=CONNECT_SECONDS), joblib.parallel_config(backend="dask"):
        yield joblib.Parallel(**options)
