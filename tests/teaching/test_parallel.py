"""Several hand-ins at a time: all of them, once each, whatever happens to a process; and nothing is left running."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from parity_lib.teaching import grade, parallel
from tests.exercises import course as courses
from tests.teaching import roster

# Speaks as a grader does, without grading: what becomes of a hand-in stands in its folder's name.
PRETENDS = """
import json, os, sys, time
for line in sys.stdin:
    folder, force = json.loads(line)
    what = folder.split("/")[-2]
    if what == "fatal" or (what == "fragile" and not os.path.exists(folder + ".seen")):
        open(folder + ".seen", "w").close()
        os._exit(1)
    time.sleep(60 if what == "slow" else 0)
    print(json.dumps({"student": what, "points": 1, "notes": [str(os.getpid())]}), flush=True)
"""


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(parallel, "PROGRAM", [sys.executable, "-S", "-c", PRETENDS])
    monkeypatch.setattr(parallel, "GRACE", 0.1)
    monkeypatch.setattr(parallel, "_here", {})
    return tmp_path


def folders(root: Path, *students: str) -> list[Path]:
    for student in students:
        (root / student).mkdir()
    return [root / student / "unrolling" for student in students]


def graded(root: Path, *students: str, jobs: int = 2, scheduler: str | None = None, local: bool = True) -> list[dict]:
    return list(parallel.graded(root, "unrolling", folders(root, *students), False, jobs, scheduler, local))


def alive() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["ppid", "cmdline"])
            if one.info["ppid"] == os.getpid() and PRETENDS in (one.info["cmdline"] or [])]


# ---------------------------------------------------------------- who hands them out


def test_a_class_is_graded_by_as_many_processes_as_were_asked_for(root):
    students = [one.id for one in roster.the_class()]
    rows = graded(root, *students, jobs=3)
    assert sorted(row["student"] for row in rows) == students
    assert len({row["notes"][0] for row in rows}) <= 3
    assert alive() == []


def test_a_hand_in_whose_process_was_killed_is_graded_by_another(root):
    rows = graded(root, "ada", "fragile", "emmy")
    assert sorted(row["student"] for row in rows) == ["ada", "emmy", "fragile"]
    assert alive() == []


def test_one_that_ends_every_process_is_named_and_stops_nobody(root):
    rows = graded(root, "fatal", "ada", "emmy")
    assert [Path(row["lost"]).parent.name for row in rows if "lost" in row] == ["fatal"]
    assert sorted(row["student"] for row in rows if "lost" not in row) == ["ada", "emmy"]


def test_one_that_ended_while_nobody_asked_is_replaced(root):
    graders = parallel.Graders()
    first = graders.grade(str(root), "unrolling", f"{root}/ada/unrolling", False)
    psutil.Process(int(first["notes"][0])).kill()
    graders.free[0].process.wait()
    again = graders.grade(str(root), "unrolling", f"{root}/ada/unrolling", False)
    graders.close()
    assert again["student"] == "ada"
    assert again["notes"] != first["notes"]


def test_a_run_that_is_left_stops_what_is_at_work_and_starts_nothing_more(root):
    began = time.monotonic()
    rows = parallel.graded(root, "unrolling", folders(root, "ada", "slow", "emmy", "grace"), False, 2, None, True)
    next(rows)
    rows.close()        # as Ctrl-C does
    assert time.monotonic() - began < 30
    assert alive() == []


# ---------------------------------------------------------------- a cluster


@contextlib.contextmanager
def started(workers):
    """A scheduler with workers in this process: two threads each, none of them the main one."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=workers, threads_per_worker=2, processes=False, dashboard_address=None,
                                  protocol="tcp", host="127.0.0.1") as running:
        yield running


@pytest.fixture
def cluster():
    with started(workers=1) as running:
        yield running.scheduler_address


def test_a_worker_that_comes_a_moment_later_is_waited_for(root):
    with started(workers=0) as running:
        threading.Timer(1, running.scale, [1]).start()
        assert [row["student"] for row in graded(root, "ada", scheduler=running.scheduler_address)] == ["ada"]


def test_a_scheduler_without_workers_is_named(root, monkeypatch):
    monkeypatch.setattr("parity_lib.experiments.jobs.CONNECT_SECONDS", 1)
    with started(workers=0) as running, pytest.raises(ValueError, match="one that has workers"):
        graded(root, "ada", scheduler=running.scheduler_address)


def test_a_cluster_grades_all_of_them_and_keeps_no_process(root, cluster, monkeypatch, capsys):
    monkeypatch.setattr("parity_lib.teaching.sandbox.missing", lambda: "it is a test")
    rows = graded(root, "ada", "emmy", "fragile", scheduler=cluster)
    assert sorted(row["student"] for row in rows) == ["ada", "emmy", "fragile"]
    assert alive() == []
    assert "submissions run with the rights of its worker: it is a test" in capsys.readouterr().err


def test_a_scheduler_that_is_not_there_is_named(root, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("parity_lib.experiments.jobs.CONNECT_SECONDS", 1)
    with pytest.raises(OSError, match="scheduler must be the address of a running Dask scheduler"):
        graded(root, "ada", scheduler="tcp://127.0.0.1:9")


def test_workers_that_cannot_grade_this_course_are_refused(tmp_path):
    here = parallel.machine(str(tmp_path))
    parallel.able([here], tmp_path, "tcp://a:1", local=True)
    parallel.able([here, here._replace(host="lab-7")], tmp_path, "tcp://a:1", local=False)
    for machines, said in (
            ([], "workers"), ([here._replace(version="0.1")], "has 0.1"),
            ([here._replace(has_course=False)], "see the course as"), ([here, here._replace(host="lab-7")], "db_url")):
        with pytest.raises(ValueError, match=said):
            parallel.able(machines, tmp_path, "tcp://a:1", local=True)


@pytest.mark.slow
def test_a_cluster_gives_the_points_of_the_stock_command(tmp_path):
    """Real hand-ins, in a worker with two threads, and in a process of nbgrader's."""
    distributed = pytest.importorskip("distributed")
    root = courses.copy_course(tmp_path / "course", "unrolling")
    for student, more in {"ada": "", "emmy": "\n\ndef unroll(*given):\n    return 0", "kurt": ""}.items():
        notebook = courses.solution("unrolling")
        next(cell for cell in notebook.cells if cell.id == "unroll").source += more
        courses.submit(root, student, "unrolling", notebook)
    courses.nbgrader(root, "generate_assignment", "unrolling", "--force")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as running:
        rows = list(grade.grade(root, "unrolling", scheduler=running.scheduler_address))
    assert {row.state for row in rows} == {"graded"}, rows
    courses.nbgrader(root, "autograde", "unrolling", "--force")
    app = grade.course(root)
    assert {row.student: (row.points, row.most) for row in rows} == {
        row.student: grade.score(app, row.student, "unrolling") for row in rows}
    assert {row.student: row.points for row in rows} == {"ada": 11, "emmy": 8, "kurt": 11}


# ---------------------------------------------------------------- the process that grades


@pytest.fixture
def course(monkeypatch):
    """No course, and hand-ins that cost nothing."""
    monkeypatch.setattr(grade, "course", lambda root: None)
    monkeypatch.setattr(grade, "notebooks_of", lambda app, name: [name])
    monkeypatch.setattr(grade, "one", lambda app, folder, name, notebooks, force: grade.Row(
        folder.parent.name, "kept", notes=[str(threading.current_thread() is threading.main_thread())]))


def test_it_grades_in_its_main_thread_what_it_is_asked_for_and_ends_with_that(course):
    answers = io.StringIO()
    lines = io.StringIO("".join(json.dumps([f"/c/{one}/unrolling", False]) + "\n" for one in ("ada", "emmy")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel.Asked, "stop", lambda self: None)
        parallel.serve("/c", "unrolling", lines, answers)
    rows = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [(row["student"], row["state"], row["notes"]) for row in rows] == [
        ("ada", "kept", ["True"]), ("emmy", "kept", ["True"])]


def test_it_does_not_wait_for_ever(course, monkeypatch):
    monkeypatch.setattr(parallel, "IDLE", 0.05)
    reading, writing = os.pipe()
    with os.fdopen(reading) as lines, os.fdopen(writing, "w"):
        parallel.serve("/c", "unrolling", lines, io.StringIO())


def test_in_the_middle_of_a_hand_in_it_is_interrupted_and_then_ended(monkeypatch):
    done = []
    monkeypatch.setattr(parallel, "GRACE", 0)
    monkeypatch.setattr(parallel._thread, "interrupt_main", lambda: done.append("interrupted"))
    monkeypatch.setattr(parallel, "end", lambda process: done.append(process.pid))
    asked = parallel.Asked(io.StringIO('["a", false]\n'))
    asked.thread.join(10)
    assert done == ["interrupted", os.getpid()]


def test_what_a_library_prints_is_no_answer(tmp_path):
    """The streams of a real process: 0 and 1 are put aside before anything is loaded."""
    script = ("import sys\nfrom parity_lib.teaching import parallel\n"
              "def serve(root, name, lines, answers):\n"
              "    print('noise', sys.stdin.read())\n    answers.write(lines.readline() + root + name)\n"
              "    answers.flush()\n    raise KeyboardInterrupt\n"
              "parallel.serve = serve\nparallel.main('r', 'n')\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "PROGRAM", [sys.executable, "-c", script])
        one = parallel.Grader(str(tmp_path), "unrolling")
        said, _ = one.process.communicate("asked\n", timeout=60)
    assert (said, one.process.returncode) == ("asked\nrn", 0)


def test_a_process_is_ended_with_all_that_it_has_started():
    sleeps = "[sys.executable, '-S', '-c', 'import time; time.sleep(60)']"
    code = (f"import subprocess, sys, time; subprocess.Popen({sleeps}, start_new_session=True); print(flush=True); "
            "time.sleep(60)")
    with subprocess.Popen([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE) as first:
        first.stdout.readline()
        family = [psutil.Process(first.pid), *psutil.Process(first.pid).children()]
        parallel.end(family[0])
        first.wait(10)
    gone, left = psutil.wait_procs(family[1:], timeout=10)
    assert (len(gone), left, first.returncode) == (1, [], -signal.SIGKILL)
    parallel.end(SimpleNamespace(children=lambda recursive: (_ for _ in ()).throw(psutil.NoSuchProcess(1))))
