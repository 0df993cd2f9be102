"""A kernel in the sandbox cannot see the course, cannot exceed its limits, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import socket
import time

import psutil
import pytest

from parity_grading import sandbox
from parity_grading.kernel import (
    PREFIX,
    Kernel,
    KernelNotStarted,
    KernelStopped,
    TooLong,
    own_folder,
    remove_leftovers,
)

pytestmark = pytest.mark.whole
SMALL = sandbox.Limits(memory=700, processes=12, disk=20)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course with a secret, and with the files of a submission."""
    root = tmp_path_factory.mktemp("course")
    (root / "gradebook.db").write_text("secret")
    submission = root / "autograded" / "ada" / "unrolling"
    submission.mkdir(parents=True)
    (submission / "data.csv").write_text("1,2")
    (submission / "unrolling.ipynb").write_text("hidden tests")
    (submission / "link").symlink_to(root / "gradebook.db")
    return root


def started(course):
    running = Kernel(course / "autograded" / "ada" / "unrolling", course, SMALL)
    yield running
    running.close()


kernel = pytest.fixture(started, scope="module", name="kernel")     # for tests that do no harm to it
new_kernel = pytest.fixture(started, name="new_kernel")


def run(kernel, source, seconds=20):
    """Run a piece of code and return what it prints, or the name and text of its error."""
    texts = []

    def add_text(message):
        content = message["content"]
        if message["msg_type"] in ("stream", "error"):
            texts.append(content.get("text") or f"{content['ename']}: {content['evalue']}")
    kernel.run(source, seconds, add_text)
    return "".join(texts).strip()


def test_it_sees_the_files_of_the_submission_and_nothing_of_the_course(kernel, course):
    library, home = sandbox.PACKAGES[0], sandbox.HOME
    clone = [library.relative_to(home).parts[0]] if library.is_relative_to(home) else []
    assert run(kernel, "import os; print(sorted(os.listdir('.')))") == str(sorted(["data.csv", *clone]))
    assert run(kernel, "print(open('data.csv').read())") == "1,2"
    assert run(kernel, f"print(os.path.exists({str(course / 'gradebook.db')!r}))") == "False"
    assert run(kernel, "print([name for name in os.environ if 'PRIVATE' in name])") == "[]"
    answers = sandbox.PACKAGES[-1].parent / sandbox.MODEL_ANSWERS
    assert answers.is_file()
    assert "Error" in run(kernel, f"print(open({str(answers)!r}).read())")


def test_it_has_a_home_of_its_own_and_can_write_nowhere_else(kernel):
    assert run(kernel, "open('x', 'w').write('1'); print(open('x').read())") == "1"
    folders = ("/", "/usr", "/etc", *sandbox.PACKAGES, "/dev", kernel.folder, kernel.folder / "files")
    for place in map(str, folders):
        assert "Error" in run(kernel, f"open({place!r} + '/x', 'w')"), place


def test_it_has_no_network_and_no_rights(kernel):
    import pwd  # Windows has no such module

    assert "unreachable" in run(kernel, "import socket; socket.create_connection(('192.0.2.1', 80), 2)")
    accounts = {int(number) for number in run(kernel, "import os; print(*os.getresuid(), *os.getresgid())").split()}
    assert accounts == {1000} or (sandbox.is_root() and not accounts & {user.pw_uid for user in pwd.getpwall()})
    assert len(accounts) == 1
    status = run(kernel, "print(open('/proc/self/status').read())")
    assert {int(rights, 16) for rights in re.findall(r"Cap\w+:\s*(\w+)", status)} == {0}
    assert re.search(r"NoNewPrivs:\s*1", status)
    assert not re.search(r"Groups:\s*\d", status)
    libc = "import ctypes; libc = ctypes.CDLL(None); "
    new_users, unmount, become_root = "libc.unshare(0x10000000)", "libc.umount2(b'/tmp', 2)", "libc.setuid(0)"
    assert run(kernel, libc + f"print({new_users}, {unmount}, {become_root})") == "-1 -1 -1"


def test_linux_itself_limits_its_processes_and_threads(kernel):
    most = SMALL.processes * sandbox.THREADS
    started = run(kernel, f"""import threading
end, count = threading.Event(), 0
try:
    for count in range({2 * most}):
        threading.Thread(target=end.wait).start()
except RuntimeError as error:
    print(error, count < {most})
end.set()""")
    assert started == "can't start new thread True"


def test_its_sockets_stay_within_the_sandbox_and_keep_little_memory(kernel):
    opened = """import contextlib, socket
opened = []
for family in range(64):
    with contextlib.suppress(OSError):
        socket.socket(family, socket.SOCK_DGRAM).close()
        opened.append(family)
print(opened)"""
    assert run(kernel, opened) == str([int(socket.AF_UNIX), int(socket.AF_NETLINK)])
    assert "not implemented" in run(kernel, "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 9)")
    attribute = "import os; open('x', 'w').close(); os.setxattr('x', 'user.a', b'1')"      # which nothing counts
    assert "not implemented" in run(kernel, attribute)
    assert run(kernel, "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))") == str(
        (sandbox.OPEN_FILES, sandbox.OPEN_FILES))


def test_it_sees_no_process_but_its_own(kernel):
    seen = run(kernel, "import os; print([int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) > 9])")
    assert seen == "[]"
    assert "Error" in run(kernel, f"os.kill({os.getpid()}, 0)")


@pytest.mark.parametrize(("source", "why"), [
    ("keep = [bytearray(b'1' * 10**7) for _ in range(200)]\nimport time; time.sleep(9)", "MB of memory"),
    ("import os, time\nfor _ in range(40):\n    if not os.fork():\n        os.execvp('sleep', ['sleep', '9'])\n"
     "time.sleep(9)", "processes"),
    ("import os; os._exit(0)", "its process ended"),
    ("import ctypes; ctypes.string_at(0)", "its process ended"),
], ids=["memory", "processes", "exit", "crash"])
def test_a_kernel_that_takes_too_much_is_stopped_with_a_reason(new_kernel, source, why):
    with pytest.raises(KernelStopped, match=why):
        run(new_kernel, source)


def test_a_loop_is_interrupted_and_the_kernel_goes_on(kernel):
    run(kernel, "x = 5")
    with pytest.raises(TooLong):
        run(kernel, "while True: pass", seconds=1)
    assert run(kernel, "print(x)") == "5"


@pytest.mark.slow
def test_a_kernel_that_cannot_be_interrupted_is_ended(new_kernel, monkeypatch):
    monkeypatch.setattr("parity_grading.kernel.GRACE", 1)
    with pytest.raises(KernelStopped, match="could not be interrupted"):
        run(new_kernel, "import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass", seconds=1)


@pytest.mark.slow
def test_a_flood_costs_its_author_and_not_us(new_kernel):
    before = psutil.Process().memory_info().rss
    with pytest.raises((TooLong, KernelStopped)):
        new_kernel.run("while True: print('x' * 10_000)", 2)
    assert psutil.Process().memory_info().rss - before < 300 * sandbox.MB


def test_nothing_is_left_of_it(course):
    running = Kernel(course / "autograded" / "ada" / "unrolling", course, SMALL)
    run(running, "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'], "
                 "start_new_session=True)")
    family = psutil.Process(running.process.pid).children(recursive=True)
    assert len(family) >= 3
    running.close()
    assert not running.folder.exists()
    assert not psutil.wait_procs(family, timeout=5)[1]


def test_leftovers_are_removed_from_a_folder_of_ones_own_and_links_are_not_followed(tmp_path, monkeypatch):
    """Another account can place a link or a folder in the temporary directory, with the number of an ended process."""
    temporary, precious = tmp_path / "tmp", tmp_path / "precious"
    for folder in (temporary, precious / "inner", temporary / f"{PREFIX}4199998-x"):
        folder.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert own_folder().stat().st_mode & 0o777 == 0o700
    left, in_use = (own_folder() / f"{PREFIX}{pid}-x" for pid in (4199997, os.getpid()))
    left.mkdir()
    in_use.mkdir()
    for link in (temporary / f"{PREFIX}4199999-x", own_folder() / f"{PREFIX}4199999-x", left / "link"):
        link.symlink_to(precious)
    remove_leftovers()
    assert [path.name for path in precious.iterdir()] == ["inner"]
    assert (temporary / f"{PREFIX}4199998-x").is_dir()
    assert (left.exists(), in_use.exists()) == (False, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_a_folder_that_another_account_can_change_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = own_folder()
    folder.chmod(0o770)
    with pytest.raises(OSError, match="is not a folder that you alone can open"):
        own_folder()
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="is not a folder that you alone can open"):
        remove_leftovers()
    with monkeypatch.context() as patch:
        patch.setattr("os.getuid", lambda: folder.lstat().st_uid + 1)
        (tmp_path / f"parity-{os.getuid()}").mkdir(mode=0o700)
        with pytest.raises(OSError, match="is not a folder that you alone can open"):
            own_folder()


@pytest.mark.parametrize(("program", "reason"), [
    (["false"], "its process ended"),
    (["sleep", "60"], "it did not answer within 1 seconds"),
])
def test_a_kernel_that_does_not_start_is_no_fault_of_the_student(course, monkeypatch, program, reason):
    launch = sandbox.launch
    monkeypatch.setattr(sandbox, "launch", lambda ignored, *arguments: launch(program, *arguments))
    monkeypatch.setattr("parity_grading.kernel.STARTS_WITHIN", 1)
    with pytest.raises(KernelNotStarted, match=reason):
        Kernel(course, course, SMALL)


def test_a_kernel_without_the_library_of_the_tests_is_not_used(course, monkeypatch):
    """Every call of a student's function would fail in it, and look like the student's mistake."""
    monkeypatch.setattr("parity_grading.kernel.LIBRARY", "__import__('not_installed')")
    with pytest.raises(KernelNotStarted, match=r"cannot import the checks \(ModuleNotFoundError"):
        Kernel(course, course, SMALL)


def test_a_kernel_outside_the_sandbox_runs_and_is_ended_as_well(course):
    running = Kernel(course / "autograded" / "ada" / "unrolling", course, SMALL, sandboxed=False)
    assert run(running, "print(1 + 1)") == "2"
    process = psutil.Process(running.process.pid)
    running.close()
    deadline = time.monotonic() + 5
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
