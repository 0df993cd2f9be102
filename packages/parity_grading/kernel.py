"""A kernel that runs a student's code within time and memory limits.

The kernel usually runs in the sandbox. A student's code can forge every message of the kernel. So the size of a message
is checked before it is read, and its content is treated as data only.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from parity_checks.serialise import MAX_LISTS
from parity_grading import sandbox

STARTS_WITHIN = 60      # seconds
GRACE = 5               # seconds that code has to end after it was interrupted
WATCH_EVERY = 0.2       # seconds
LONGEST_MESSAGE, LONGEST_OUTPUT = 48_000_000, 8_000_000     # bytes
MOST_WAITING = 200      # messages
MOST_FILES = 1000       # that are copied for the kernel
PREFIX = "parity-kernel-"
# quit() in a cell would otherwise end the kernel, and with it the cells that follow.
OPTIONS = ("--HistoryManager.enabled=False", "--IPKernelApp.exec_lines=get_ipython().ask_exit = lambda: None")
LIBRARY = "__import__('parity_checks.rpc')"


class KernelNotStarted(RuntimeError):
    """Exception raised when a kernel cannot be started, in which case the submission must not be graded."""


class KernelStopped(Exception):
    """Exception raised when a kernel has stopped.

    The message tells the student why. ``died`` is true unless this program killed the kernel.
    """

    died = False


class TooLong(Exception):
    """Exception raised when code is interrupted at its time limit. The kernel is still running."""


class Kernel:
    """A kernel process and the connection to it.

    :meth:`close` ends the process and removes its files. ``submission`` is the folder whose files the kernel may read,
    and ``course`` the folder that must be hidden from it. Raise KernelNotStarted if the kernel cannot be started.
    """

    def __init__(self, submission: Path, course: Path, limits: sandbox.Limits, sandboxed: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=own_folder()))
        self.excess, self.closed = "", threading.Event()
        try:
            copy_files(submission, self.folder / "files", limits.disk)
            self._launch(course, limits, sandboxed)
            threading.Thread(target=self._watch, args=[limits], daemon=True).start()
            self._wait_until_ready()
        except (OSError, KernelStopped, TooLong) as error:
            self.close()
            raise KernelNotStarted(f"the kernel did not start: {error}") from error
        except BaseException:
            self.close()
            raise

    def _launch(self, course: Path, limits: sandbox.Limits, sandboxed: bool) -> None:
        """Start the kernel process and connect to it, with limits on the size and the number of messages."""
        # The sockets of the kernel lie in its own file system; their name is secret until they exist.
        name = f"{sandbox.SCRATCH}/{secrets.token_hex(8)}" if sandboxed else str(self.folder / "socket")
        transport: dict[str, Any] = {"transport": "ipc", "ip": name} if os.name != "nt" else {}
        file, connection = write_connection_file(str(self.folder / "connection.json"), **transport)
        program = [sys.executable, "-P", "-m", "ipykernel_launcher", *OPTIONS, "-f", file]
        if sandboxed:
            self.process, root = sandbox.launch(program, self.folder, course, limits)
            connection["ip"] = f"{root}{name}"
        else:
            self.process = subprocess.Popen(program, cwd=self.folder / "files", env=plain_environment(),
                                            start_new_session=True, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.context = zmq.Context()
        for option, value in ((zmq.MAXMSGSIZE, LONGEST_MESSAGE), (zmq.RCVHWM, MOST_WAITING), (zmq.LINGER, 0)):
            self.context.setsockopt(option, value)
        self.client = BlockingKernelClient(context=self.context)
        self.client.load_connection_info(connection)
        self.client.start_channels(stdin=False, hb=False)
        self.poller = zmq.Poller()
        for channel in (self.client.shell_channel, self.client.iopub_channel):
            self.poller.register(channel.socket, zmq.POLLIN)

    def _wait_until_ready(self) -> None:
        """Wait until the kernel is ready to run code.

        The kernel must answer, its output must arrive, and it must be able to import the library that the tests call.
        Raise KernelStopped otherwise.
        """
        deadline, kinds = time.monotonic() + STARTS_WITHIN, set()
        while not kinds >= {"kernel_info_reply", "status"}:
            if time.monotonic() > deadline:
                raise KernelStopped(f"it did not answer within {STARTS_WITHIN} seconds")
            self.client.kernel_info()
            while message := self._next_message():
                kinds.add(message["msg_type"])
        reply = self.run("", STARTS_WITHIN, silent=True, user_expressions={"library": LIBRARY})
        library = reply["user_expressions"]["library"]
        if library["status"] != "ok":
            raise KernelStopped(f"it cannot import the checks ({library['ename']}: {library['evalue']})")

    def run(self, source: str, seconds: float, on_output: Callable[[dict], None] = lambda message: None,
            **options: Any) -> dict:
        """Run code in the kernel and return the content of its reply.

        Each message about the output of the code is passed to ``on_output``. Raise TooLong after ``seconds``, and
        KernelStopped if the kernel ends or cannot be interrupted.
        """
        request = self.client.execute(source, allow_stdin=False, stop_on_error=False, **options)
        deadline, interrupted, reply, idle = time.monotonic() + seconds, False, None, False
        while reply is None or not idle:
            if time.monotonic() >= deadline:
                if reply is not None:
                    break       # so much output came that the message about the end of the code was lost
                if interrupted:
                    sandbox.kill(self.process)
                    raise KernelStopped("it could not be interrupted")
                self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
                interrupted, deadline = True, time.monotonic() + GRACE
            message = self._next_message()
            if message is None or message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "execute_reply":
                reply, deadline = message["content"], min(deadline, time.monotonic() + GRACE)
            elif message["msg_type"] == "status":
                idle = idle or message["content"].get("execution_state") == "idle"
            else:
                on_output(message)
        if interrupted:
            raise TooLong
        return reply

    def _next_message(self) -> dict | None:
        """Return the next message from the kernel, or None if none arrives.

        Wait for 0.1 seconds. The message includes its content and the size of its content. Malformed and unsigned
        messages are left out. The content of an output that is too long to be shown is not read, and no content of too
        many lists, because 40 MB of JSON can take a gigabyte of memory as lists.
        """
        ready = [] if self.excess else self.poller.poll(100)
        for socket, _ in ready:
            try:
                message = self.client.session.recv(socket, zmq.NOBLOCK, content=False)[1]
                raw = message["content"]
                readable = message["msg_type"] == "execute_reply" or len(raw) <= LONGEST_OUTPUT
                readable = readable and raw.count(b"[") + raw.count(b"{") <= 2 * MAX_LISTS
                content = self.client.session.unpack(raw) if readable else {}
                if isinstance(content, dict) and isinstance(message["parent_header"], dict):
                    return message | {"content": content, "size": len(raw)}
            except Exception:       # nobody can list everything that may be wrong with a forged message
                continue
        if not ready and self.process.poll() is not None:
            stopped = KernelStopped(f"it used {self.excess}" if self.excess else "its process ended")
            stopped.died = not self.excess
            raise stopped
        return None

    def _watch(self, limits: sandbox.Limits) -> None:
        """Kill the kernel if it exceeds its limits, or if its messages use too much of this process's memory."""
        own = psutil.Process()
        before = sandbox.resident_memory(own)
        while not self.closed.wait(WATCH_EVERY) and self.process.poll() is None:
            self.excess = sandbox.excess(self.process.pid, limits)
            # LONGEST_MESSAGE is the limit for a part of a message, and a message can have many.
            if sandbox.resident_memory(own) - before > limits.memory * sandbox.MB // 2:
                self.excess = f"more than {limits.memory // 2} MB of the grader's memory"
            if self.excess:
                sandbox.kill(self.process)

    def close(self) -> None:
        """Stop the kernel and remove its files."""
        self.closed.set()
        if hasattr(self, "process"):
            sandbox.kill(self.process)
        if hasattr(self, "client"):
            self.client.stop_channels()
            self.context.destroy(linger=0)
        shutil.rmtree(self.folder, ignore_errors=True)


def plain_environment() -> dict[str, str]:
    """Return the environment variables for a kernel, without the path of the private tests."""
    kept = {name: value for name, value in os.environ.items() if name != "PARITY_PRIVATE_TESTS"}
    return kept | {"OMP_NUM_THREADS": "1", "NBGRADER_EXECUTION": "autograde", "PARITY_PROGRESS": "0"}


def copy_files(submission: Path, target: Path, megabytes: int) -> None:
    """Copy the regular files of a submission, except for its notebooks, which contain hidden tests."""
    target.mkdir()
    left, paths = megabytes * sandbox.MB // 2, sorted(submission.rglob("*"), key=lambda path: (len(path.parts), path))
    files = [path for path in paths if not path.is_symlink() and path.is_file() and path.suffix != ".ipynb"]
    for path in files[:MOST_FILES]:
        if path.stat().st_size <= left:
            left -= path.stat().st_size
            copy = target / path.relative_to(submission)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def own_folder() -> Path:
    """Return the user's own folder for temporary files. Raise OSError if another account could change it."""
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    path = Path(tempfile.gettempdir(), f"parity-{user}")
    with contextlib.suppress(FileExistsError):
        path.mkdir(0o700)
    status = path.lstat()
    if hasattr(os, "getuid") and not (stat.S_ISDIR(status.st_mode) and status.st_uid == user
                                      and not status.st_mode & 0o077):
        raise OSError(f"{path} is not a folder that you alone can open; remove it, or set TMPDIR to a folder of yours")
    return path


def remove_leftovers() -> None:
    """Remove the temporary folders left behind by grading processes that were killed."""
    for folder in own_folder().glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)       # which follows no link
