"""A kernel in the sandbox cannot see the course, cannot exceed its limits, and leaves nothing behind."""

import os
import re
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
    remove_leftovers,
    temporary_folder,
)

pytestmark = pytest.mark.whole
ANSWERS = "parity_checks/model_answers.json"
SMALL = sandbox.Limits(memory=700, processes=12, disk=20, packages=("parity_study", "parity_figures"),
                       hidden_files=(ANSWERS,))


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
    library, home = SMALL.package_folders[0], sandbox.HOME
    clone = [library.relative_to(home).parts[0]] if library.is_relative_to(home) else []
    assert run(kernel, "import os; print(sorted(os.listdir('.')))") == str(sorted(["data.csv", *clone]))
    assert run(kernel, "print(open('data.csv').read())") == "1,2"
    assert run(kernel, f"print(os.path.exists({str(course / 'gradebook.db')!r}))") == "False"
    assert run(kernel, "print([name for name in os.environ if 'PRIVATE' in name])") == "[]"
    answers = SMALL.package_folders[-1].parent / ANSWERS
    assert answers.is_file()
    assert "Error" in run(kernel, f"print(open({str(answers)!r}).read())")


def test_it_has_a_home_of_its_own_and_can_write_nowhere_else(kernel):
    assert run(kernel, "open('x', 'w').write('1'); print(open('x').read())") == "1"
    folders = ("/", "/usr", "/etc", *SMALL.package_folders, "/dev", kernel.folder, kernel.folder / "files")
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


def test_its_sockets_and_files_keep_little_memory(kernel):
    assert "not implemented" in run(kernel, "import socket; socket.socketpair()[0].setsockopt(1, socket.SO_SNDBUF, 9)")
    assert run(kernel, "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))") == str(
        (sandbox.OPEN_FILES, sandbox.OPEN_FILES))


@pytest.mark.parametrize(("source", "why"), [
    ("keep = [bytearray(b'1' * 10**7) for _ in range(200)]\nimport time; time.sleep(9)", "MB of memory"),
    ("import ctypes; ctypes.string_at(0)", "its process ended"),
], ids=["memory", "crash"])
def test_a_kernel_that_takes_too_much_is_stopped_with_a_reason(new_kernel, source, why):
    with pytest.raises(KernelStopped, match=why):
        run(new_kernel, source)


def test_a_loop_is_interrupted_and_the_kernel_goes_on(kernel):
    run(kernel, "x = 5")
    with pytest.raises(TooLong):
        run(kernel, "while True: pass", seconds=1)
    assert run(kernel, "print(x)") == "5"


def test_time_in_which_the_machine_is_busy_with_something_else_does_not_count(kernel, monkeypatch):
    """A loop uses a third of the time that passes, and waits for a processor in the rest."""
    start = time.monotonic()
    monkeypatch.setattr(sandbox, "times", lambda members: ((time.monotonic() - start) / 3,
                                                           (time.monotonic() - start) * 2 / 3))
    time.sleep(1)       # until these times are read
    assert run(kernel, "import time\ntime.sleep(2)\nprint(5)", seconds=1) == "5"
    assert 0.3 < kernel.spent < 1.2
    with pytest.raises(TooLong):
        run(kernel, "while True: pass", seconds=1)
    assert time.monotonic() - start > 1 + 2 + 2


def test_what_cannot_be_measured_on_a_busy_machine_is_no_mistake(new_kernel, monkeypatch):
    start = time.monotonic()
    monkeypatch.setattr(sandbox, "times", lambda members: (0.0, time.monotonic() - start))
    time.sleep(1)
    with pytest.raises(KernelNotStarted, match="too busy; grade this submission again"):
        run(new_kernel, "while True: pass", seconds=0.2)


def test_a_notebook_imports_its_own_module_but_none_in_place_of_an_installed_one(kernel):
    run(kernel, "for name in ('own_helper', 'yaml'): open(f'{name}.py', 'w').write('value = 5')")
    assert run(kernel, "import own_helper, yaml; print(own_helper.value, hasattr(yaml, 'value'))") == "5 False"


def test_outputs_arrive_again_after_one_that_is_too_long_for_a_message(new_kernel):
    run(new_kernel, "print('a' * 100_000_000)")
    assert run(new_kernel, "print(5)") == "5"


def test_lists_in_an_output_count_as_its_size(kernel):
    sizes = []
    kernel.run("from IPython.display import publish_display_data as show\nshow({}, {'a': [{}] * 90_000})", 10,
               on_output=lambda message: sizes.append(message["size"]))
    assert sizes[-1] > 900_000


def test_a_message_with_large_headers_is_not_read(kernel):
    """Millions of lists in them would take gigabytes of memory in the process that grades."""
    assert run(kernel, """publisher = get_ipython().display_pub
for part in ("metadata", "header"):
    message = publisher.session.msg("stream", {"name": "stdout", "text": "forged"}, publisher.parent_header)
    message[part]["lists"] = [[]] * 200_000
    publisher.session.send(publisher.pub_socket, message, ident=b"stream")
print("own")""") == "own"


def test_nothing_is_left_of_it(course):
    running = Kernel(course / "autograded" / "ada" / "unrolling", course, SMALL)
    run(running, "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'], "
                 "start_new_session=True)")
    family = psutil.Process(running.process.pid).children(recursive=True)
    assert len(family) >= 3
    running.close()
    assert not running.folder.exists()
    assert not psutil.wait_procs(family, timeout=5)[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such accounts")
def test_leftovers_are_removed_but_not_links_and_nothing_of_other_accounts(tmp_path, monkeypatch):
    """Another account can place a link or a folder in the temporary directory, with the number of an ended process."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    precious, left = tmp_path / "precious" / "inner", tmp_path / f"{PREFIX}4199997-x"
    for folder in (precious, left):
        folder.mkdir(parents=True)
    for link in (tmp_path / f"{PREFIX}4199999-x", left / "link"):
        link.symlink_to(precious.parent)
    with temporary_folder() as in_use:
        assert os.stat(in_use).st_mode & 0o777 == 0o700
        with monkeypatch.context() as patch:
            patch.setattr("os.getuid", lambda: left.lstat().st_uid + 1)
            remove_leftovers()
        assert left.is_dir()
        remove_leftovers()
        assert (left.exists(), os.path.isdir(in_use), precious.is_dir()) == (False, True, True)


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
