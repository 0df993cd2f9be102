"""Several hand-ins at a time: joblib hands them out, here or on a Dask cluster, to processes that live for all of them.

Chapter: *For instructors*. A thread of joblib's, or of a Dask worker's, drives one process each, a :class:`Grader`. It
has to be a process: nbgrader keeps its settings, and a test cell its output, once a process, and the clock that stops a
test cell works in the main thread alone, which no task of Dask's runs in. A process that is killed is replaced and its
hand-in graded again; one whose own parent is gone stops at once, with its kernels, whatever it does.

On a cluster each machine reads and writes the course's folder under the same path, and runs the same version of this
library: that is looked at before the first hand-in. SQLite's locks do not hold on a network drive, so machines other
than this one need ``c.CourseDirectory.db_url``, the address of a database server; without it they are refused.
"""

from __future__ import annotations

import _thread
import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import joblib
import psutil

from parity_lib.errors import require
from parity_lib.version import __version__

GRACE = 3       # seconds in which a process that has to stop may tidy up
IDLE = 300      # seconds without a hand-in after which a process ends: a grading that was killed leaves none for long
ATTEMPTS = 2    # of a hand-in whose process was killed; a hand-in itself cannot do that, it runs behind a wall


# ---------------------------------------------------------------- the side that hands them out


class Ended(Exception):
    """A grader's process is gone."""


class Grader:
    """A process that grades one hand-in after the other."""

    def __init__(self, root: str, name: str) -> None:
        variables = {"OMP_NUM_THREADS": "1"} | os.environ
        # Ctrl-C is for the process that asked; this one is told by the end of what it reads.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, root, name], cwd=root, env=variables, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True)

    def grade(self, folder: str, force: bool) -> dict[str, Any]:
        """What became of a hand-in, as the fields of a row. Raises Ended where the process does not live to say it."""
        with contextlib.suppress(OSError, ValueError):      # of a process that is gone, or closed meanwhile
            self.process.stdin.write(json.dumps([folder, force]) + "\n")
            self.process.stdin.flush()
            if answer := self.process.stdout.readline():
                return json.loads(answer)
        raise Ended

    def close(self) -> None:
        """End it, and its kernels; what it is at work on is left undone."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(2 * GRACE)
        except subprocess.TimeoutExpired:
            end(psutil.Process(self.process.pid))
            self.process.wait()
        self.process.stdout.close()


class Graders:
    """Those of one grading in this process: as many as there are hand-ins at a time."""

    def __init__(self) -> None:
        self.all: list[Grader] = []
        self.free: list[Grader] = []
        self.lock, self.closed = threading.Lock(), False

    def grade(self, root: str, name: str, folder: str, force: bool) -> dict[str, Any]:
        """One hand-in, by a process that is free or new."""
        for _ in range(ATTEMPTS):
            with self.lock:
                if self.closed:
                    break
                while self.free and self.free[-1].process.poll() is not None:
                    self.free.pop()
                grader = self.free.pop() if self.free else Grader(root, name)
                self.all.append(grader)
            try:
                fields = grader.grade(folder, force)
            except Ended:
                continue
            self.free.append(grader)
            return fields
        return {"student": Path(folder).parent.name, "state": "failed", "notes": [
            f"the process that graded it ended {ATTEMPTS} times; was there too little memory? Grade again"]}

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            self.closed = True
        for one in set(self.all):
            with contextlib.suppress(OSError):
                one.process.stdin.close()       # all at once, then one after the other
        for one in set(self.all):
            one.close()


_here: dict[str, Graders] = {}


def work(run: str, root: str, name: str, folder: str, force: bool, shared: bool) -> dict[str, Any]:
    """What a thread of joblib's or Dask's does for one hand-in."""
    graders = _here.setdefault(run, Graders())
    if not shared:
        return graders.grade(root, name, folder, force)
    from distributed import Lock

    # A grading that was killed leaves its hand-ins in work on other machines: they come to their end first.
    with Lock(f"parity grade {folder}"):
        return graders.grade(root, name, folder, force)


def close(run: str) -> None:
    """End the processes of a grading on this machine; no new one starts."""
    _here.setdefault(run, Graders()).close()


def graded(root: Path, name: str, folders: list[Path], force: bool, jobs: int, scheduler: str | None,
           local: bool) -> Iterator[dict[str, Any]]:
    """The fields of a row for each of these hand-ins, as they are done.

    ``local``: the gradebook is a file, for processes of this machine only. Raises OSError where there is no such
    scheduler, ImportError where Dask is missing, ValueError where its machines cannot grade this course.
    """
    run, options = uuid.uuid4().hex, {"return_as": "generator_unordered", "batch_size": 1}
    tasks = [joblib.delayed(work)(run, str(root), name, str(folder), force, bool(scheduler)) for folder in folders]
    with contextlib.ExitStack() as stack:
        if scheduler is None:
            stack.callback(close, run)
            parallel = joblib.Parallel(n_jobs=min(jobs, len(folders)), backend="threading", **options)
        else:
            from parity_lib.experiments.jobs import _connected

            client = stack.enter_context(_connected(scheduler))
            able(client.run(machine, str(root)), root, scheduler, local)
            stack.callback(client.run, close, run)
            stack.enter_context(joblib.parallel_config(backend="dask"))
            parallel = joblib.Parallel(**options)
        results = stack.enter_context(contextlib.closing(parallel(tasks)))
        stack.callback(close, run)      # before joblib waits for its threads
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="joblib")    # where it is stopped: of tasks
            yield from results


def machine(root: str) -> tuple[str, str, bool]:
    """What has to be known of a worker's machine: its name, its version of this library, whether it has the course."""
    return socket.gethostname(), __version__, Path(root).is_dir()


def able(machines: dict[str, tuple[str, str, bool]], root: Path, scheduler: str, local: bool) -> None:
    """Raise ValueError unless these workers can grade the course in ``root``."""
    require(bool(machines), "scheduler", scheduler, "the address of one that has workers (dask worker ADDRESS)")
    for host, version, there in machines.values():
        require(version == __version__, "scheduler", scheduler,
                f"one whose workers have parity_lib {__version__} ({host} has {version})")
        require(there, "scheduler", scheduler, f"one whose workers see the course as {root}, which {host} does not")
        require(not local or host == socket.gethostname(), "scheduler", scheduler,
                f"one with workers on this machine only ({host} is another) as long as the gradebook is an SQLite "
                "file, whose locks do not hold across machines: set c.CourseDirectory.db_url to a database server")


# ---------------------------------------------------------------- the process that grades


def end(process: psutil.Process) -> None:
    """Kill a process and all that it has started, wherever they live."""
    with contextlib.suppress(psutil.Error):
        for one in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.Error):
                one.kill()


class Asked:
    """What this process is asked for; it stops when nobody is there any more who asks."""

    def __init__(self, lines: Any) -> None:
        self.lines, self.waiting, self.busy = lines, queue.SimpleQueue(), threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        """Until the other side hangs up. In the middle of a hand-in that is Ctrl-C, and soon more than that."""
        for line in self.lines:
            self.busy.set()
            self.waiting.put(json.loads(line))
        self.waiting.put(None)
        if self.busy.is_set():
            _thread.interrupt_main()
            threading.Event().wait(GRACE)
            end(psutil.Process())

    def __iter__(self) -> Iterator[list]:
        """One hand-in after the other; the one before is done when the next is asked for."""
        while (task := self.waiting.get(timeout=IDLE)) is not None:
            yield task


def serve(root: str, name: str) -> None:
    """Grade what is asked for, a line each, and answer in a line."""
    asked, answers = (os.fdopen(os.dup(number), mode, encoding="utf-8") for number, mode in ((0, "r"), (1, "w")))
    with open(os.devnull) as nothing:       # what a library prints is no answer
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    asked = Asked(asked)
    from parity_lib.teaching import grade

    app = grade.course(Path(root))
    notebooks = grade.notebooks_of(app, name)
    for folder, force in asked:
        row = grade.one(app, Path(folder), name, notebooks, force)
        asked.busy.clear()
        answers.write(json.dumps(asdict(row)) + "\n")
        answers.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError, queue.Empty):
        serve(*sys.argv[1:])
