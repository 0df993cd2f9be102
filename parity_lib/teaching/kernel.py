"""A student's kernel: started in a world of its own, asked to run code, stopped when it takes too long or too much.

Chapter: *For instructors*. Whatever arrives from it is text from a stranger: it is measured, and read as data.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from parity_lib.teaching import sandbox

STARTS_WITHIN = 60      # seconds
ASK_AGAIN = 0.1         # seconds, since what a kernel says before it is heard is lost
GRACE = 5               # seconds that a cell has to end after it was interrupted
LONGEST_MESSAGE = 48_000_000
LONGEST_OUTPUT = 8_000_000      # bytes
MOST_WAITING = 200      # messages
PREFIX = "parity-kernel-"
PYTHON = [sys.executable, "-P", "-m", "ipykernel_launcher", *sandbox.KERNEL]


class Stopped(Exception):
    """The kernel is gone; the text says why, to the student."""


class Died(Stopped):
    """It ended by itself, or somebody killed it."""


class TooLong(Exception):
    """The code ran out of its time, and was interrupted; the kernel is alive."""


class Kernel:
    """One process that runs a submission's cells. ``close`` leaves nothing of it: no process, no file."""

    def __init__(self, handed_in: Path, course: Path, limits: sandbox.Limits, contain: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.stopped = threading.Event()
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            connection = self._connection()
            copy_files(handed_in, self.folder / "files", limits.disk)
            self.process = self._launched(connection, course, limits, contain)
            self.process.excess = ""
            threading.Thread(target=sandbox.watch, args=(self.process, [self.folder], limits, self.stopped),
                             daemon=True).start()
            self._wait_until_ready()
            undo.pop_all()

    def _connection(self) -> str:
        """The file that says where the kernel is to be reached, and a client that does not take too much from there."""
        own = {"transport": "ipc", "ip": str(self.folder / "kernel")} if os.name != "nt" else {}
        connection, _ = write_connection_file(str(self.folder / "connection.json"), **own)
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAXMSGSIZE, LONGEST_MESSAGE)
        self.context.setsockopt(zmq.RCVHWM, MOST_WAITING)
        self.context.setsockopt(zmq.LINGER, 0)
        self.client = BlockingKernelClient(context=self.context)
        self.client.load_connection_file(connection)
        return connection

    def _launched(self, connection: str, course: Path, limits: sandbox.Limits, contain: bool) -> subprocess.Popen:
        program, files = [*PYTHON, "-f", connection], self.folder / "files"
        with sandbox.calls_file() as refused:
            if contain:
                program = sandbox.contained(program, self.folder, files, course, limits, refused)
            return subprocess.Popen(program, cwd=files, env=sandbox.plain_environment(), start_new_session=True,
                                    pass_fds=[refused] if contain else (), stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait_until_ready(self) -> None:
        """Until it answers, and what it prints can be heard: output before that would be lost."""
        self.client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=True)
        deadline, asked, kinds = time.monotonic() + STARTS_WITHIN, set(), set()
        while time.monotonic() < deadline:
            asked.add(self.client.kernel_info())
            until = time.monotonic() + ASK_AGAIN
            while time.monotonic() < until:
                kinds |= {message["msg_type"] for message in self._arrived(20)
                          if message["parent_header"].get("msg_id") in asked}
                if kinds >= {"kernel_info_reply", "status"}:
                    return
        raise Stopped(f"it did not start within {STARTS_WITHIN} seconds")

    def run(self, source: str, seconds: float, hear: Callable[[dict], None] = lambda message: None,
            **options: Any) -> dict:
        """Run code and return the content of the kernel's reply; ``hear`` gets each message about output.

        Raises TooLong after ``seconds``, Stopped where the kernel dies or cannot be interrupted.
        """
        asked = self.client.execute(source, allow_stdin=False, stop_on_error=False, **options)
        deadline, interrupted, reply, idle = time.monotonic() + seconds, False, None, False
        while reply is None or not idle:
            for message in self._arrived(100):
                if message["parent_header"].get("msg_id") != asked or (message := self._read(message)) is None:
                    continue
                if message["msg_type"] == "execute_reply":
                    reply, deadline = message["content"], min(deadline, time.monotonic() + GRACE)
                elif message["msg_type"] == "status":
                    idle = idle or message["content"].get("execution_state") == "idle"
                else:
                    hear(message)
                if time.monotonic() >= deadline:
                    break       # reading takes time, too
            if time.monotonic() < deadline:
                continue
            if reply is not None:
                break           # a flood of output has washed the sign of its end away
            if interrupted:
                sandbox.kill(self.process)
                raise Stopped("it could not be interrupted")
            self._interrupt()
            interrupted, deadline = True, time.monotonic() + GRACE
        if interrupted:
            raise TooLong
        return reply

    def _arrived(self, milliseconds: int) -> Iterator[dict]:
        """What has come by now, or within this time, one at a time; the kernel's death is noticed here."""
        channels = (self.client.iopub_channel, self.client.shell_channel)
        poller = zmq.Poller()
        for channel in channels:
            poller.register(channel.socket, zmq.POLLIN)
        found = 0
        if poller.poll(milliseconds):
            for channel in channels:
                while found < MOST_WAITING and not self.process.excess and (message := self._next(channel)):
                    found += 1
                    yield message
        if not found:
            self._check_alive()
        return found

    def _next(self, channel: Any) -> dict | None:
        """The next message that is one: signed, with a kind and a header. Its content is not read yet."""
        try:
            message = self.client.session.recv(channel.socket, zmq.NOBLOCK, content=False)[1]
            known = isinstance(message["msg_type"], str) and isinstance(message["parent_header"], dict)
            return message if known else None
        except Exception:       # what is wrong with a stranger's message is not known beforehand
            return None

    def _read(self, message: dict) -> dict | None:
        """A message with its content, and the bytes of that; an output that is too long to be shown has none.

        Forty megabytes of text may be a gigabyte of lists.
        """
        raw = message["content"]
        if message["msg_type"] != "execute_reply" and len(raw) > LONGEST_OUTPUT:
            return message | {"content": {}, "size": len(raw)}
        try:
            content = self.client.session.unpack(raw)
        except Exception:
            return None
        return message | {"content": content, "size": len(raw)} if isinstance(content, dict) else None

    def _check_alive(self) -> None:
        if self.process.poll() is not None:
            raise Stopped(f"it used {self.process.excess}") if self.process.excess else Died("its process ended")

    def _interrupt(self) -> None:
        """Ask the kernel to stop what it does: through its own channel, so that no process has to be found."""
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    def close(self) -> None:
        """End the kernel, whatever state it is in."""
        self.stopped.set()
        if hasattr(self, "process"):
            sandbox.kill(self.process)
        if hasattr(self, "client"):
            self.client.stop_channels()
            self.context.destroy(linger=0)
        sandbox.remove(self.folder)


def copy_files(handed_in: Path, files: Path, megabytes: int) -> None:
    """Copy what a notebook may need beside it: regular files, no links, no notebooks, which have hidden tests."""
    files.mkdir()
    left, entries = megabytes * sandbox.MB // 2, sandbox.MOST_FILES // 2
    for file in sorted(handed_in.rglob("*"), key=lambda file: (len(file.parts), file)):
        place = files / file.relative_to(handed_in)
        if file.is_symlink() or not file.is_file() or file.suffix == ".ipynb" or file.stat().st_size > left:
            continue
        left -= file.stat().st_size
        entries -= len(place.relative_to(files).parts)      # with its folders
        if entries < 0:
            break
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def remove_leftovers() -> None:
    """Remove folders of kernels whose grading process was killed; the kernels have ended with it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            sandbox.remove(folder)
