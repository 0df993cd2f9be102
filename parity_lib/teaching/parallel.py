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
import signal
import socket
import subprocess
import sys
import threading
import uuid
import warnings
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import joblib
import psutil

from parity_lib.errors import require
from parity_lib.version import __version__

GRACE = 3       # seconds in which a process that has to stop may tidy up
IDLE = 300      # seconds without a hand-in after which a process ends: a grading that was killed leaves none for long
PROGRAM = [sys.executable, "-P", "-m", "parity_lib.teaching.parallel"]
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
            [*PROGRAM, root, name], cwd=root, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8", start_new_session=True)

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
        self.all: set[Grader] = set()
        self.free: list[Grader] = []
        self.lock, self.closed = threading.Lock(), False

    def grade(self, root: str, name: str, folder: str, force: bool) -> dict[str, Any]:
        """One hand-in, by a process that is free or new. ``lost`` where each that tried has ended."""
        for _ in range(ATTEMPTS):
            with self.lock:
                if self.closed:
                    break
                while self.free and self.free[-1].process.poll() is not None:
                    self.free.pop()
                grader = self.free.pop() if self.free else Grader(root, name)
                self.all.add(grader)
            try:
                fields = grader.grade(folder, force)
            except Ended:
                continue
            self.free.append(grader)
            return fields
        return {"lost": folder}

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            self.closed = True
        for one in self.all:
            with contextlib.suppress(OSError):
                one.process.stdin.close()       # all at once, then one after the other
        for one in self.all:
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
    from parity_lib.teaching.kernel import remove_leftovers

    _here.setdefault(run, Graders()).close()
    remove_leftovers()


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
            from parity_lib.experiments import jobs as cluster

            client = stack.enter_context(cluster._connected(scheduler))
            with contextlib.suppress(TimeoutError):     # a worker that was started a moment ago
                client.wait_for_workers(1, timeout=cluster.CONNECT_SECONDS)
            machines = client.run(machine, str(root)).values()
            able(machines, root, scheduler, local)
            for host, why in sorted({(one.host, one.uncontained) for one in machines if one.uncontained}):
                print(f"On {host} submissions run with the rights of its worker: {why}", file=sys.stderr)
            stack.callback(client.run, close, run)
            stack.enter_context(joblib.parallel_config(backend="dask"))
            parallel = joblib.Parallel(**options)
        results = stack.enter_context(contextlib.closing(parallel(tasks)))
        stack.callback(close, run)      # before joblib waits for its threads
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="joblib")    # where it is stopped: of tasks
            yield from results


class Machine(NamedTuple):
    """What has to be known of where a worker runs."""

    host: str
    version: str
    has_course: bool
    uncontained: str


def machine(root: str) -> Machine:
    """This one."""
    from parity_lib.teaching import sandbox

    return Machine(socket.gethostname(), __version__, Path(root).is_dir(), sandbox.missing())


def able(machines: Collection[Machine], root: Path, scheduler: str, local: bool) -> None:
    """Raise ValueError unless these can grade the course in ``root``."""
    require(bool(machines), "scheduler", scheduler, "the address of one that has workers (dask worker ADDRESS)")
    for one in machines:
        for fits, allowed in (
                (one.version == __version__, f"have parity_lib {__version__}; {one.host} has {one.version}"),
                (one.has_course, f"see the course as {root}, which {one.host} does not"),
                (not local or one.host == socket.gethostname(),
                 f"are on this machine, which {one.host} is not, as long as the gradebook is an SQLite file, whose "
                 "locks do not hold across machines: set c.CourseDirectory.db_url to a database server")):
            require(fits, "scheduler", scheduler, f"one whose workers {allowed}")


# ---------------------------------------------------------------- the process that grades


def end(process: psutil.Process) -> None:
    """Kill a process and all that it has started, wherever they live."""
    with contextlib.suppress(psutil.Error):
        for one in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.Error):
                one.kill()


class Asked:
    """What this process is asked for; it stops when nobody is there any more who asks."""

    def __init__(self, lines: TextIO) -> None:
        self.lines, self.waiting, self.busy = lines, queue.SimpleQueue(), threading.Event()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        """Until the other side hangs up."""
        for line in self.lines:
            self.busy.set()
            self.waiting.put(json.loads(line))
        self.waiting.put(None)
        if self.busy.is_set():
            self.stop()

    def stop(self) -> None:
        """In the middle of a hand-in: as Ctrl-C does, and soon with more than that."""
        _thread.interrupt_main()
        threading.Event().wait(GRACE)
        end(psutil.Process())


def serve(root: str, name: str, lines: TextIO, answers: TextIO) -> None:
    """Grade what is asked for, a line each, and answer in a line, until nothing is asked for any more."""
    asked = Asked(lines)
    from parity_lib.teaching import grade  # takes seconds, in which the end of ``lines`` is noticed

    app = grade.course(Path(root))
    notebooks = grade.notebooks_of(app, name)
    with contextlib.suppress(queue.Empty):
        while (task := asked.waiting.get(timeout=IDLE)) is not None:
            folder, force = task
            row = grade.one(app, Path(folder), name, notebooks, force)
            asked.busy.clear()
            answers.write(json.dumps(asdict(row)) + "\n")
            answers.flush()


def main(root: str, name: str) -> None:
    """Serve whoever has started this process; what a library reads or prints is not part of it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)       # it may have been started in the background
    lines, answers = (os.fdopen(os.dup(number), mode, encoding="utf-8") for number, mode in ((0, "r"), (1, "w")))
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(root, name, lines, answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
