"""A kernel that runs a student's code within time and memory limits.

The kernel usually runs in the sandbox. A student's code can forge every message of the kernel. So the size of a message
is checked before it is read, and its content is treated as data only.
"""

import contextlib
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
from parity_grading.untrusted import count_values

STARTS_WITHIN = 60      # seconds
GRACE = 5               # seconds that code has to end after it was interrupted
PATIENCE = 10           # how many times its limit code may take on a busy machine, until its grading is given up
WATCH_EVERY = 0.2       # seconds
LONGEST_MESSAGE, LONGEST_OUTPUT, LONGEST_HEADERS = 48_000_000, 8_000_000, 100_000       # bytes
MOST_WAITING = 200      # messages
MOST_FILES = 1000       # that are copied for the kernel
PREFIX = "parity-kernel-"
# quit() in a cell would otherwise end the kernel, and with it the cells that follow.
TOO_BUSY = ("code that may take {:.0f} seconds could not be measured, because this machine is too busy; grade this "
            "submission again, when the machine has less to do")
OPTIONS = ("--HistoryManager.enabled=False", "--IPKernelApp.exec_lines=get_ipython().ask_exit = lambda: None")
LIBRARY = "__import__('parity_checks.rpc')"
# A notebook may import a module that one of its cells writes, but no such file takes the place of an installed package.
OWN_MODULES = "__import__('sys').path.append('')"


class KernelNotStarted(RuntimeError):
    """An exception raised when this machine cannot run a kernel, in which case the submission must not be graded."""


class KernelStopped(Exception):
    """An exception that tells the student why a kernel has stopped. ``died`` is true unless this program killed it."""

    died = False


class TooLong(Exception):
    """An exception raised when code is interrupted at its time limit. The kernel is still running."""


class Kernel:
    """A kernel process that may read the files in ``submission`` but nothing in ``course``, and the connection to it.

    Raise KernelNotStarted if the kernel cannot be started.
    """

    def __init__(self, submission: Path, course: Path, limits: sandbox.Limits, sandboxed: bool = True) -> None:
        self.place = temporary_folder()
        self.folder = Path(self.place.name, "kernel")       # another account reads it if root starts the kernel
        self.excess, self.closed = "", threading.Event()
        self.times = (0.0, 0.0)     # seconds that its processes used a processor, and waited for one
        self.spent = 0.0            # seconds that the last code ran, without waiting for a processor
        try:
            self.folder.mkdir()
            copy_files(submission, self.folder / "files", limits.disk)
            self._launch(course, limits, sandboxed)
            threading.Thread(target=self._watch, args=[limits], daemon=True).start()
            self._wait_until_heard(STARTS_WITHIN)
            reply = self.run("", STARTS_WITHIN, silent=True, user_expressions={
                "library": LIBRARY, "own_modules": OWN_MODULES})
            library = reply["user_expressions"]["library"]
            if library["status"] != "ok":
                raise KernelStopped(f"it cannot import the checks ({library['ename']}: {library['evalue']})")
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
            environment = {name: value for name, value in os.environ.items() if name != "PARITY_PRIVATE_TESTS"}
            environment |= {"OMP_NUM_THREADS": "1", "NBGRADER_EXECUTION": "autograde", "PARITY_PROGRESS": "0"}
            self.process = subprocess.Popen(program, cwd=self.folder / "files", env=environment,
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

    def _wait_until_heard(self, seconds: float) -> None:
        """Wait until the kernel answers and its outputs arrive. Raise KernelStopped after ``seconds``."""
        deadline, kinds, message = time.monotonic() + seconds, set(), None
        while not kinds >= {"kernel_info_reply", "status"}:
            if time.monotonic() > deadline:
                raise KernelStopped(f"it did not answer within {seconds} seconds")
            if message is None:
                self.client.kernel_info()
            if message := self._next_message():
                kinds.add(message["msg_type"])

    def run(self, source: str, seconds: float, on_output: Callable[[dict], None] = lambda message: None,
            **options: Any) -> dict:
        """Run code, pass each message about its output to ``on_output``, and return the content of the reply.

        With ``silent``, the outputs are not awaited. Raise TooLong after ``seconds``, in which the code had a processor
        or did not want one, KernelStopped if the kernel ends or cannot be interrupted, and KernelNotStarted if the
        machine is too busy to measure the time.
        """
        start, before = time.monotonic(), self.times
        request = self.client.execute(source, allow_stdin=False, stop_on_error=False, **options)
        deadline, interrupted, reply, idle = time.monotonic() + seconds, False, None, bool(options.get("silent"))
        while reply is None or not idle:
            if not interrupted and reply is None:
                self.spent = self._seconds_since(start, before)
            if time.monotonic() >= deadline:
                if reply is None and not interrupted and self.spent < seconds:
                    if time.monotonic() > start + PATIENCE * seconds:
                        raise KernelNotStarted(TOO_BUSY.format(seconds))
                    deadline = time.monotonic() + seconds - self.spent
                    continue
                if reply is not None:
                    self._connect_to_outputs_again()
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

    def _seconds_since(self, start: float, before: tuple[float, float]) -> float:
        """Return the seconds since ``start`` in which the kernel's processes did not wait for a processor.

        If several processes wait for each other, they use a processor meanwhile, and this time counts.
        """
        used, waited = (max(0.0, now - then) for now, then in zip(self.times, before, strict=True))
        return max(used, time.monotonic() - start - waited)

    def _connect_to_outputs_again(self) -> None:
        """Reconnect to the kernel's outputs, because a message above the limit ends the connection for good."""
        address = self.client._make_url("iopub")
        with contextlib.suppress(zmq.ZMQError):     # it has ended
            self.client.iopub_channel.socket.disconnect(address)
        self.client.iopub_channel.socket.connect(address)
        self._wait_until_heard(STARTS_WITHIN)

    def _next_message(self) -> dict | None:
        """Return the next message, with the size of its content, or None if none arrives within 0.1 seconds.

        The size of an output counts its values as well, because a short one with many lists takes much memory.
        Malformed and unsigned messages are left out, and so are messages with long headers or metadata. The content of
        a long output is not read, and no content of many lists, because 40 MB of JSON can take a gigabyte as lists.
        """
        ready = [] if self.excess else self.poller.poll(100)
        for socket, _ in ready:
            try:
                frames = self.client.session.feed_identities(socket.recv_multipart(zmq.NOBLOCK))[1]
                if sum(map(len, frames[1:4])) > LONGEST_HEADERS:
                    continue
                message = self.client.session.deserialize(frames, content=False)
                raw = message["content"]
                reply = message["msg_type"] == "execute_reply"
                readable = reply or len(raw) <= LONGEST_OUTPUT
                readable = readable and raw.count(b"[") + raw.count(b"{") <= 2 * MAX_LISTS
                content = self.client.session.unpack(raw) if readable else {}
                if isinstance(content, dict) and isinstance(message["parent_header"], dict):
                    return message | {"content": content, "size": len(raw) + (0 if reply else count_values(raw))}
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
            members = sandbox.family(self.process.pid)
            self.times, self.excess = sandbox.times(members), sandbox.excess(members, limits)
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
        self.place.cleanup()


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


def temporary_folder() -> tempfile.TemporaryDirectory:
    """Create a temporary folder that only its owner can open and that :func:`remove_leftovers` can recognise."""
    return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)


def remove_leftovers() -> None:
    """Remove this account's temporary folders that were left behind by grading processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):      # another process may have removed it
            status = folder.lstat()
            ours = stat.S_ISDIR(status.st_mode) and status.st_uid == (os.getuid() if hasattr(os, "getuid") else 0)
            if ours and process.isdigit() and not psutil.pid_exists(int(process)):
                shutil.rmtree(folder, ignore_errors=True)       # which follows no link
