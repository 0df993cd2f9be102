"""Submissions find no secret of the instructor's and nothing to write to, whoever grades and with whichever command."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from parity_grading import sandbox
from tests.exercises import course
from tests.hostile import bank, batch
from tests.submissions.described import said

pytestmark = [pytest.mark.whole, pytest.mark.slow,
              pytest.mark.skipif(sys.platform != "linux", reason="there is a sandbox on Linux only")]
OTHERS = ("hides_its_memory",)
SPIES = ("reads_the_environment_of_others", "writes_the_settings_of_the_machine")
SECRETS = {"CANARY_PASSWORD": "PASSWORD-of-the-instructor", "DATABASE_PASSWORD": "PASSWORD-of-the-gradebook"}
USER = 1234     # an account that need not exist
# Root's rights in Docker by default, and the two that the chapter for instructors adds to them.
OF_DOCKER = ("chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod "
             "audit_write setfcap sys_admin net_admin")
IN_DOCKER = ["setpriv", f"--bounding-set=-all,{','.join(f'+{name}' for name in OF_DOCKER.split())}", "--"]


def as_user(folder: Path) -> list[str]:
    """Return the beginning of a command that runs as an ordinary user, who owns ``folder`` and may read what it needs.

    Where a folder above is closed to other accounts, the command sees an empty one with the needed files.
    """
    if not sandbox.is_root():
        return []
    assert course.ROOT.stat().st_mode & 1, f"other accounts cannot enter {course.ROOT}, as in a clone below `mktemp -d`"
    subprocess.run(["chown", "-Rh", f"{USER}:{USER}", folder], check=True)     # folders may be nested very deep
    options = ["--dev-bind", "/", "/"]
    needed = {course.ROOT: "--ro-bind", Path(sys.prefix): "--ro-bind", Path(sys.base_prefix): "--ro-bind",
              folder: "--bind"}
    closed = {max((above for above in path.parents if not above.stat().st_mode & 1), default=None,
                  key=lambda above: -len(above.parts)) for path in needed} - {None}
    for above in sorted(closed):
        options += ["--perms", "0755", "--tmpfs", str(above)]
    for path, bind in needed.items():
        if above := next((above for above in closed if path.is_relative_to(above)), None):
            between = [parent for parent in reversed(path.parents) if parent != above and parent.is_relative_to(above)]
            options += [word for parent in between for word in ("--perms", "0755", "--dir", str(parent))]
            options += [bind, str(path), str(path)]
    return [sandbox._find_bubblewrap()[0], *options, "--", "setpriv", f"--reuid={USER}", f"--regid={USER}",
            "--clear-groups", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A course with these and two honest submissions, before grading."""
    return batch.prepared(tmp_path_factory.mktemp("accounts") / "course", [bank.named(name) for name in SPIES + OTHERS])


@pytest.mark.parametrize("command", batch.COMMANDS)
@pytest.mark.parametrize("account", ["ordinary", *(["root in Docker"] if sandbox.is_root() else [])])
def test_nobody_finds_a_secret_or_something_to_write_to(prepared, tmp_path, command, account):
    root = shutil.copytree(prepared, tmp_path / "course")
    start = as_user(root) if account == "ordinary" else IN_DOCKER
    done = subprocess.run([*start, sys.executable, "-c", *batch.COMMANDS[command]], cwd=root, text=True,
                          env=course.environment() | SECRETS | {"HOME": str(root)}, capture_output=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    for name in SPIES:
        submission = bank.named(name)
        notebook = nbformat.read(batch.graded_notebook(root, name), as_version=4)
        assert said(bank.cell(notebook, "parity")).strip() == submission.says
    deserved = {name: bank.named(name).points() for name in SPIES + OTHERS}
    assert batch.points(root) == deserved | dict.fromkeys(batch.HONEST, bank.TESTS)
