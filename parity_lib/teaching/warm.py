"""Kernels that have PyTorch loaded when they start: forked from one process that loads it once.

Chapter: *For instructors*. Opt in with ``c.Execute.warm = True``. The process that is forked lives in the same small
world as a kernel (:mod:`parity_lib.teaching.sandbox`) and never runs a student's code. Each fork enters namespaces of
its own before it does: it sees no other kernel, has a home of its own, and no rights to undo that.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parity_lib.teaching import sandbox

HELLO = "hello"
STARTS_WITHIN = 60      # seconds
FILES = 1 << 16         # more than a process has open
NEW_NAMESPACES = 0x00020000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000   # linux/sched.h:
# mounts, host's name, messages between processes, users, processes, network
BIND, READ_ONLY, NO_DEVICES = 0x1000 | 0x4000, 1, 2 | 4       # linux/mount.h: MS_BIND|MS_REC, MS_RDONLY, NOSUID|NODEV
NO_NEW_PRIVILEGES, DROP_FROM_BOUNDS, LAST_CAPABILITY = 38, 24, 63      # linux/prctl.h


# ---------------------------------------------------------------- the grader's side


class Warm:
    """A process with everything loaded, and the folder under which all its kernels have theirs."""

    def __init__(self, course: Path, limits: sandbox.Limits, prefix: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
        (self.folder / "files").mkdir()
        own, other = socket.socketpair()
        program = [sys.executable, "-P", "-m", __name__, str(other.fileno()), json.dumps(vars(limits))]
        with other, sandbox.calls_file() as refused:
            self.process = subprocess.Popen(
                sandbox.contained(program, self.folder, self.folder / "files", course, limits, refused, nested=True),
                pass_fds=[other.fileno(), refused], env=sandbox.plain_environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.asking = own
        own.settimeout(STARTS_WITHIN)
        if own.recv(1) != b"+":
            self.close()
            raise OSError("the process that loads PyTorch beforehand did not start")

    def fork(self, folder: Path) -> Forked:
        """A kernel with the connection file in ``folder``. Raises OSError where there is none."""
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.bind(str(folder / HELLO))
            waiting.listen(1)
            self.asking.sendall(json.dumps(str(folder)).encode() + b"\n")
            deadline = time.monotonic() + STARTS_WITHIN
            while not select.select([waiting], [], [], 0.2)[0]:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise OSError("the process that has PyTorch loaded is gone")
            with waiting.accept()[0] as caller:
                # The kernel's number here; in its own world it is 1.
                pid, _, _ = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
                forked = Forked(pid)
                caller.sendall(b"+")
        return forked

    def close(self) -> None:
        """End it, and every kernel that came from it."""
        sandbox.kill(self.process)
        self.asking.close()
        sandbox.remove(self.folder)


class Forked:
    """A forked kernel as a process that can be watched and ended."""

    def __init__(self, pid: int) -> None:
        self.pid, self.excess = pid, ""
        self.file = os.pidfd_open(pid)      # stays with this process, whoever gets its number later

    def poll(self) -> int | None:
        """0 once it has ended, as ``Popen.poll``."""
        return 0 if select.select([self.file], [], [], 0)[0] else None

    def kill(self) -> None:
        """End it, and everything in its world."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 9)

    def __del__(self) -> None:
        os.close(self.file)


# ---------------------------------------------------------------- the loaded process


def serve(asked: socket.socket, limits: sandbox.Limits) -> None:
    """Load everything, then fork a kernel for each folder that is named, until the grader hangs up."""
    import ipykernel.kernelapp  # noqa: F401
    import torch

    import parity_lib.checks.door
    import parity_lib.training  # noqa: F401

    torch.set_num_threads(1)
    # PyTorch looks at the processor once, which needs /proc. After a backward pass it would not stand a fork.
    torch.nn.LSTM(1, 2)(torch.ones(1, 1))
    asked.sendall(b"+")
    for line in asked.makefile():
        if os.fork() == 0:
            try:
                os.closerange(3, FILES)      # of the line to the grader, `close` would keep what `makefile` holds
                apart(Path(json.loads(line)), limits)
            finally:
                os._exit(0)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def apart(folder: Path, limits: sandbox.Limits) -> None:
    """Enter namespaces of one's own; the first process in them starts the kernel, and ends with it."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", NEW_NAMESPACES)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    world_of_its_own(folder, limits)
    no_rights()
    with socket.socket(socket.AF_UNIX) as grader:
        grader.connect(str(folder / HELLO))
        grader.recv(1)
    (folder / HELLO).unlink()
    running = os.fork()
    if running:     # as the first process it cannot be killed from within, and has to see to all that end
        while os.wait()[0] != running:
            pass
        return
    kernel(folder / "connection.json")


def world_of_its_own(folder: Path, limits: sandbox.Limits) -> None:
    """Folders of its own over those that are shared, of the grader's the one that is its own, nothing of /proc."""
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    files, size = os.open(folder, os.O_PATH), f"size={limits.disk}m".encode()
    for place in (str(folder.parent), sandbox.HOME, "/tmp", "/dev/shm"):
        _call("mount", b"tmpfs", place.encode(), b"tmpfs", NO_DEVICES, size)
    folder.mkdir(parents=True)
    _call("mount", f"/proc/self/fd/{files}".encode(), str(folder).encode(), None, BIND, None)
    os.close(files)
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", NO_DEVICES | READ_ONLY, None)
    os.chdir(sandbox.HOME)
    shutil.copytree(folder / "files", ".", symlinks=True, dirs_exist_ok=True)


def no_rights() -> None:
    """Give up, for ever, what the owner of a namespace may do in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    _call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(DROP_FROM_BOUNDS, capability, 0, 0, 0)       # those that this Linux does not know fail
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()    # version 3 of capset(2)
    _call("capset", header, nothing)


def _call(name: str, *arguments: object) -> None:
    """A system call of the C library. Raises OSError where it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def kernel(connection: Path) -> None:
    """Be the kernel."""
    import random

    import numpy as np
    import torch
    from ipykernel.kernelapp import IPKernelApp

    # What a new process draws without a seed is not what another one drew.
    torch.seed()
    np.random.seed()        # noqa: NPY002
    random.seed()
    sys.argv = ["ipykernel_launcher", *sandbox.KERNEL, "-f", str(connection)]
    app = IPKernelApp.instance()
    app.initialize(sys.argv[1:])
    app.start()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as own:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        serve(own, sandbox.Limits(**json.loads(sys.argv[2])))
